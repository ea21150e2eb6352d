"""The pages in a project's own clothes: two templates, a stylesheet and a logo."""

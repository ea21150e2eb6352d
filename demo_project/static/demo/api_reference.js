// Swagger UI for the notes API. What it needs to know stands on the element that it draws into.
"use strict";

// Swagger UI has dark colours, and leaves it to the page to ask for them.
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
paint();
dark.addEventListener("change", paint);

const place = document.getElementById("reference");
const ui = SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  oauth2RedirectUrl: place.dataset.callback,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
  onComplete: () => {
    // For those who hear the page: its title stands below ours, and what it says of the API is a part of the page.
    place.querySelector(".info .title").setAttribute("aria-level", "2");
    const about = place.querySelector(".information-container");
    about.setAttribute("role", "region");
    about.setAttribute("aria-label", "About the API");
  },
});
ui.initOAuth({
  clientId: place.dataset.client,
  scopes: place.dataset.scope,
  usePkceWithAuthorizationCodeGrant: true,
});

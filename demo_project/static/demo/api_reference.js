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
});
ui.initOAuth({
  clientId: place.dataset.client,
  scopes: place.dataset.scope,
  usePkceWithAuthorizationCodeGrant: true,
});

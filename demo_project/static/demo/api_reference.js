// Swagger UI for the notes API. What it needs to know stands on the element that it draws into.
"use strict";

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

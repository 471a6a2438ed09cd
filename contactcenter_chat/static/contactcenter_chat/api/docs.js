"use strict";
// Shows the API's description; a file of its own so that no inline script is needed.
const place = document.getElementById("description");
SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: true, supportedSubmitMethods: ["get", "post", "put", "patch", "delete"] });

/* Submits the one form of the page (OAuth 2.0 Form Post Response Mode). Without scripts there is a button. */
document.getElementById("oa-form-post").submit();

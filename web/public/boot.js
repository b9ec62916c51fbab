// Runs before the first paint: the theme and the language must not flash. Kept out of the bundle so that it blocks.
(function () {
  var root = document.documentElement;
  var scheme = null;
  var language = null;
  var rise = null;
  try {
    scheme = localStorage.getItem("quantgpt.theme");
    language = localStorage.getItem("quantgpt.language");
    rise = localStorage.getItem("quantgpt.convention");
  } catch (_) {
    // A browser that refuses storage gets the defaults.
  }
  var dark = scheme === "dark" || ((!scheme || scheme === "auto") && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  if (rise) root.dataset.rise = rise;
  root.lang = language === "en" ? "en" : "zh-CN";
})();

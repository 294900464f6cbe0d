package io.bailiwick.proxy.observe;

/** The status page: plain HTML, no script, every value escaped. */
final class StatusPage {
  static final String CSS =
      """
      body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 50rem; color: #222; background: #fff; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; }
      th { width: 14rem; font-weight: 600; }
      td { overflow-wrap: anywhere; }
      pre { background: #fdecea; border-left: 4px solid #b3261e; padding: .6rem; white-space: pre-wrap; }
      @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818; } th, td { border-color: #444; } pre { background: #3a1d1b; } }
      """;

  private StatusPage() {}

  static String html(Status status) {
    StringBuilder rows = new StringBuilder();
    status
        .facts()
        .forEach(
            (name, value) ->
                rows.append("<tr><th scope=\"row\">")
                    .append(escaped(name))
                    .append("</th><td>")
                    .append(escaped(value))
                    .append("</td></tr>\n"));
    String reloadError = status.reloadError();
    String error =
        reloadError == null
            ? ""
            : "<h2>Last reload was refused</h2>\n<pre>" + escaped(reloadError) + "</pre>\n";
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Bailiwick</title><link rel="stylesheet" href="/style.css"></head>
        <body>
        <h1>Bailiwick</h1>
        %s<table>
        %s</table>
        </body>
        </html>
        """
        .formatted(error, rows);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}

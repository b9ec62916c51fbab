"""Results → documents: self-contained HTML reports with charts drawn on the server."""

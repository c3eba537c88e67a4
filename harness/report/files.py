"""What the files of a report are called in their folder."""

PAGE = "report.html"
DATA = "report.json"
SUMMARY = "summary.md"
JUNIT = "junit.xml"
CAPTURES = "captures"

"""The Markdown of posts: CommonMark and tables, as people type and paste it, in which no word vanishes."""

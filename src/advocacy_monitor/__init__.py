"""From a post, an answer or a file to an evidence pack: collect, enrich, moderate, pack, export."""

__version__ = "0.1.0"

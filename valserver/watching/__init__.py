"""Who hears of what happened: log, ring of events, and the stream of them over HTTP."""

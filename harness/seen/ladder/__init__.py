"""The story as a ladder: `rungs` are its values, `layout` makes them, `captions` finds the words, `text` draws it."""

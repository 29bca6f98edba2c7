// Package xmlread reads the XML of strangers token by token, whole or as it comes. It
// takes what programs write and what people forget: it closes elements that were left
// open, leaves unknown entities as they stand, and passes comments, instructions and
// harmless document types over. What nobody needs, such as entities of a document's own,
// it refuses. However long a document is, it holds one tag, or one piece of text.
//
// It reads UTF-8 without forbidden characters, as package charset gives it. Tokens
// keep their raw bytes: written out one after the other they are a well-formed document.
package xmlread

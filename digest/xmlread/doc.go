// Package xmlread reads foreign XML token by token, from a document or a stream. It
// closes elements that were left open, keeps unknown entities as they are, and skips
// comments, instructions and harmless document types. It refuses a document that
// declares entities. A forgiving reader reads on where tags are missing or wrong, as
// browsers do; the strict one, for exports, gives up. However long a document is, it holds one tag, or one piece of text.
//
// It reads UTF-8 without forbidden characters, as package charset gives it. Tokens
// keep their raw bytes: written out one after the other they are a well-formed document.
package xmlread

// Package trimming has the page of the desk where a comment is trimmed for an issue: by
// sentences and by words, with the editor's notes, and with a line that is lifted out of
// it. Package desk does the work.
package trimming

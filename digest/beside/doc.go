// Package beside runs what takes long beside whoever asked for it: the pull of a blog,
// of its history, the import of a file. A page or a command that starts it has its
// answer at once; how far it is, and what it brought, are rows that every process can
// read.
//
// Of one kind and subject there is one task at a time. A task lives as long as the
// process that started it: when that ends the task does, too, and what it had stored
// stays. One whose process died without a word is told apart by its silence.
package beside

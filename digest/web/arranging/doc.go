// Package arranging is the part of the desk where an issue is put in order: its title
// and introduction, its rows, what was done to it and by whom. It calls the use cases of
// package desk and holds no rule; the screens are in templates/screen.
//
// All that changes something is posted to one address, with what is to be done in the
// field "do". Without script the whole page follows; with htmx only the parts that
// changed are answered.
package arranging

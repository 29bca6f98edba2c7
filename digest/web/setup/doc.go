// Package setup has the desk's pages of the first quarter of an hour: one page with one
// form for each step of package digest/setup.
package setup

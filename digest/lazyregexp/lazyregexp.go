// Package lazyregexp compiles regular expressions when they are first used. The
// program knows some 250 of them, and a command needs only a few: to compile all
// took a third of the processor time that a command takes to start.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression that is compiled when it is first used. It may be
// used by several goroutines at once.
type Regexp struct {
	once     sync.Once
	text     string
	compiled *regexp.Regexp
}

var all []*Regexp

// New keeps an expression for later, in the syntax of package regexp. It is for
// variables of a package: what has a fault panics at its first use, and [CheckAll] finds it before.
func New(text string) *Regexp {
	r := &Regexp{text: text}
	all = append(all, r)
	return r
}

// CheckAll compiles every expression of the program, and gives how many there are and
// the first fault. It is for a test.
func CheckAll() (n int, err error) {
	for _, r := range all {
		if _, err := regexp.Compile(r.text); err != nil {
			return len(all), err
		}
	}
	return len(all), nil
}

func (r *Regexp) regexp() *regexp.Regexp {
	r.once.Do(func() { r.compiled = regexp.MustCompile(r.text) })
	return r.compiled
}

// String gives the expression.
func (r *Regexp) String() string { return r.text }

// The rest are the methods of package regexp that the program uses.

func (r *Regexp) Match(b []byte) bool                  { return r.regexp().Match(b) }
func (r *Regexp) MatchString(s string) bool            { return r.regexp().MatchString(s) }
func (r *Regexp) Find(b []byte) []byte                 { return r.regexp().Find(b) }
func (r *Regexp) FindIndex(b []byte) []int             { return r.regexp().FindIndex(b) }
func (r *Regexp) FindSubmatch(b []byte) [][]byte       { return r.regexp().FindSubmatch(b) }
func (r *Regexp) FindSubmatchIndex(b []byte) []int     { return r.regexp().FindSubmatchIndex(b) }
func (r *Regexp) FindString(s string) string           { return r.regexp().FindString(s) }
func (r *Regexp) FindStringSubmatch(s string) []string { return r.regexp().FindStringSubmatch(s) }
func (r *Regexp) FindStringSubmatchIndex(s string) []int {
	return r.regexp().FindStringSubmatchIndex(s)
}
func (r *Regexp) FindAllString(s string, n int) []string { return r.regexp().FindAllString(s, n) }
func (r *Regexp) FindAllStringIndex(s string, n int) [][]int {
	return r.regexp().FindAllStringIndex(s, n)
}
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.regexp().FindAllStringSubmatch(s, n)
}
func (r *Regexp) ReplaceAll(src, repl []byte) []byte { return r.regexp().ReplaceAll(src, repl) }
func (r *Regexp) ReplaceAllFunc(src []byte, repl func([]byte) []byte) []byte {
	return r.regexp().ReplaceAllFunc(src, repl)
}
func (r *Regexp) ReplaceAllString(src, repl string) string {
	return r.regexp().ReplaceAllString(src, repl)
}
func (r *Regexp) ReplaceAllStringFunc(src string, repl func(string) string) string {
	return r.regexp().ReplaceAllStringFunc(src, repl)
}
func (r *Regexp) Split(s string, n int) []string { return r.regexp().Split(s, n) }

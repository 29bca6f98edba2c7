// Package check tells all that is to be fixed or looked at in an issue before it goes
// out, at once, each with what mends it; and asks the blogs and the addresses that the
// issue links to, beside everything else.
//
// What must be fixed is what compiling an issue refuses ([compile.Findings]), and a mail
// that would be cut off. Whatever else is found an editor looks at, and may let stand:
// that is kept until what it is about changes.
package check

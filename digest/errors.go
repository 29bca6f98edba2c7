package digest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind says what a caller can do about an error. Commands turn it into an exit
// status, pages into an HTTP status; nobody branches on an error's text.
type Kind int

// The kinds of error.
const (
	// Internal is a fault of the program or its surroundings.
	Internal Kind = iota
	// Invalid is an input that can never work as given.
	Invalid
	// NotFound is a name or number that stands for nothing.
	NotFound
	// Conflict is a request that the present state does not allow.
	Conflict
	// Unavailable is something outside that did not answer as it should.
	Unavailable
	// Forbidden is something a rule of safety refuses.
	Forbidden
	// TooMany is something that was tried too often; it can be tried again later.
	TooMany
	// NotSignedIn is something that only who is signed in may do.
	NotSignedIn
)

// Error is an error for a person: one sentence, and a hint about the mend.
type Error struct {
	Kind    Kind
	Message string // one lower-case sentence without a full stop, its cause included
	Hint    string // what to do about it, whole sentences that name no surface; may be empty
	Acts    []Act  // what can be done about it; each surface says how
	Err     error  // the cause, or nil
	// Inner tells that the words are for the operator: they name what stands behind the
	// program, such as the database's address. A page says something else.
	Inner bool
}

// Error gives the message, which tells the cause too.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Fail makes an [Error]. The format may wrap one cause with %w.
func Fail(kind Kind, hint, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Hint: hint, Err: errors.Unwrap(err)}
}

// Join makes one error of several, each told once and on a line of its own, with all
// their hints and acts; its kind is the first's. It is nil without any.
func Join(errs ...error) error {
	var all []error
	var told, hints []string
	var acts []Act
	for _, err := range errs {
		if err == nil || slices.Contains(told, err.Error()) {
			continue
		}
		told, all = append(told, err.Error()), append(all, err)
		if h := HintOf(err); h != "" && !slices.Contains(hints, h) {
			hints = append(hints, h)
		}
		acts = append(acts, ActsOf(err)...)
	}
	if len(all) == 0 {
		return nil
	}
	return Fail(KindOf(all[0]), strings.Join(hints, "\n"), "%w", errors.Join(all...)).Offer(acts...)
}

// Offer adds what a person can do about the error, the likeliest first.
func (e *Error) Offer(acts ...Act) *Error {
	e.Acts = append(e.Acts, acts...)
	return e
}

// KindOf gives the kind of the outermost [Error] in err's chain, else Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// IsInner tells whether an error's words are for the operator alone; see [Error.Inner].
func IsInner(err error) bool {
	return advice(err, func(e *Error) bool { return e.Inner }) != nil
}

// HintOf gives the first hint in err's tree, or "".
func HintOf(err error) string {
	if e := advice(err, func(e *Error) bool { return e.Hint != "" }); e != nil {
		return e.Hint
	}
	return ""
}

// ActsOf gives what the first error in err's tree offers that offers anything.
func ActsOf(err error) []Act {
	if e := advice(err, func(e *Error) bool { return len(e.Acts) > 0 }); e != nil {
		return e.Acts
	}
	return nil
}

// advice finds the first [Error] of err's tree that has something to say.
func advice(err error, has func(*Error) bool) *Error {
	if e, ok := err.(*Error); ok && has(e) {
		return e
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return advice(e.Unwrap(), has)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			if found := advice(one, has); found != nil {
				return found
			}
		}
	}
	return nil
}

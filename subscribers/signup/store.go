package signup

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// Store is what signing up and leaving ask of the database. Every method is one
// transaction.
type Store interface {
	// Request records that somebody asked for this address to be subscribed. A
	// new address becomes a pending subscriber; one that left, bounced or
	// complained stays as it is until it confirms; an active one stays active.
	// Unless the limits forbid it, and unless the address is active, a
	// confirmation is stored and its notice queued. It tells whether it was.
	Request(ctx context.Context, r Request) (queued bool, err error)
	// RequestLinks records that somebody asked for the links of this address. Unless
	// the limits forbid it, and if the address is active, a letter with them is
	// queued. It tells whether it was.
	RequestLinks(ctx context.Context, r LinksRequest) (queued bool, err error)
	// Confirmation looks a confirmation up, or gives an error of kind NotFound.
	Confirmation(ctx context.Context, token string) (Confirmation, error)
	// Confirm uses a confirmation: the subscriber becomes active, with the
	// consent recorded. Used again it changes nothing. An expired one is an error
	// of kind Conflict.
	Confirm(ctx context.Context, token string, consent subscribers.Consent) (subscribers.Subscriber, error)
	// ByToken finds a subscriber by the token of its links, or gives an error of
	// kind NotFound.
	ByToken(ctx context.Context, token string) (subscribers.Subscriber, error)
	// Unsubscribe moves an active subscriber to unsubscribed; any other is left
	// as it is.
	Unsubscribe(ctx context.Context, token string, at time.Time) (subscribers.Subscriber, error)
	// Return undoes an unsubscription by the person who holds the link; anyone
	// not unsubscribed is left as they are.
	Return(ctx context.Context, token string, consent subscribers.Consent) (subscribers.Subscriber, error)
	// SetFrequency sets how often a subscriber wants a mail.
	SetFrequency(ctx context.Context, token string, f subscribers.Frequency) (subscribers.Subscriber, error)
	// Sweep deletes pending subscribers created before the given moment, and
	// the records of sign-ups before the other moment that queued no
	// confirmation. Records of those that did are kept, for PerMailboxEver. It
	// gives the number of subscribers deleted.
	Sweep(ctx context.Context, pendingBefore, recordsBefore time.Time) (int, error)
}

// Request is one sign-up as it reaches the store.
type Request struct {
	Email   string
	Key     string
	Mailbox string // Key without plus-tag and, where they mean nothing, dots: what limits count by
	Network string // the /24 or /48 the request came from; "" from a command
	Token   string // for the subscriber, if new
	Confirm string // for the confirmation
	Expires time.Time
	Consent subscribers.Consent // At is the moment of the request
	Limits  Limits
	// By is who asks on the person's behalf, for the audit list; nobody for the person.
	By digest.Actor
}

// LinksRequest asks for the links of one address, as it reaches the store.
type LinksRequest struct {
	Key, Mailbox, Network string // as in [Request]
	At                    time.Time
	Limits                Limits
}

// Limits bound how many mails strangers can make us send: confirmations, and
// letters with links. Zero means no limit.
type Limits struct {
	PerMailboxDay  int // of one kind to one mailbox within 24 hours; confirmations that were used do not count
	PerMailboxEver int // of one kind to one mailbox since it was last active, or ever
	PerNetworkHour int // asked for from one network within an hour
	PerDomainHour  int // to one address domain within an hour
	PerHour        int // to anybody within an hour
}

// Confirmation is a pending confirmation link.
type Confirmation struct {
	Email     string
	ExpiresAt time.Time
	UsedAt    time.Time // zero until used
}

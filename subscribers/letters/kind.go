package letters

import (
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// Kind is a kind of single letter: all that the program knows of it.
type Kind struct {
	Name subscribers.LetterKind
	// ToEditor tells that editors get it, not readers: it is written where nobody can
	// subscribe to anything yet, too. A new one is queued by list.QueueToEditor, which
	// gives it a token and a moment after which it is of no use.
	ToEditor bool
	// Life is how long a server that refuses the letter temporarily is tried.
	Life time.Duration
	// MaySend tells whether a letter may still be sent at a moment.
	MaySend func(l subscribers.Letter, now time.Time) bool
	// Write gives the bytes of a letter, the same whenever it is asked.
	Write func(w Writer, f Facts, l subscribers.Letter) ([]byte, error)
}

// Facts are what letters tell of the publication at the moment of writing.
type Facts struct {
	Publication digest.Publication
	Series      string // the name of the one to subscribe to, "" while there is none
}

// Kinds lists the kinds of letters; a new one is added here.
func Kinds() []Kind {
	return []Kind{
		{Name: subscribers.ConfirmationLetter, Life: 48 * time.Hour, MaySend: subscribers.Letter.Useful, Write: Writer.confirmation},
		{Name: subscribers.LinksLetter, Life: 48 * time.Hour, MaySend: subscribers.Letter.Useful, Write: Writer.readersLinks},
		{Name: subscribers.SignInLetter, ToEditor: true, Life: time.Hour, MaySend: subscribers.Letter.Useful, Write: Writer.signIn},
		{Name: subscribers.InvitationLetter, ToEditor: true, Life: 48 * time.Hour, MaySend: subscribers.Letter.Useful, Write: Writer.invitation},
		{Name: subscribers.ReminderLetter, ToEditor: true, Life: time.Hour, MaySend: subscribers.Letter.Useful, Write: Writer.reminder},
	}
}

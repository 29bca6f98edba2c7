package health

import (
	"context"
	"time"

	"postbag/subscribers"
)

// MostMailing is how many of the issues that are being mailed [Figures] tell one by one.
const MostMailing = 20

// Figures are what a monitor watches: numbers and moments, all read at one instant.
type Figures struct {
	Stored
	Feeds     int       // that are asked
	HeldSince time.Time // since when all sending is held; zero: it is not
	Workers   int       // processes that do what is due
	// Mailing are the issues being mailed, the newest first, [MostMailing] at the most;
	// UnderWay counts all of them, paused ones too.
	Mailing  []Mailing
	UnderWay int
	// OldestLetter is when the oldest letter that waits was asked for; zero where none
	// does.
	OldestLetter time.Time
	// LastPublished and LastSent are when an issue was published last, and when the last
	// mailing was finished; zero for never.
	LastPublished, LastSent time.Time
	Bytes                   int64 // that the database takes
}

// Mailing is an issue being mailed.
type Mailing struct {
	Series string // its slug
	Number int
	Paused bool
	Counts subscribers.Counts
	// OldestDue is since when the row that waits longest could have been sent; zero, or
	// later than now, where none waits for its turn.
	OldestDue time.Time
}

// FigureStore is what figures are read from.
type FigureStore interface {
	// Figures reads them within a few milliseconds, however long the list is.
	Figures(ctx context.Context) (Figures, error)
}

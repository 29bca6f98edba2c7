package templates

// Links are the addresses that a rendering needs; all of them absolute and
// built from the set base URL only.
type Links struct {
	Base    string // without a trailing slash
	Issue   string // the issue's page
	Archive string
	Feed    string // the Atom feed
	// Unsubscribe and Preferences are the reader's own; in a mail that is made
	// once for all readers they hold [TokenMark] where the token goes.
	Unsubscribe string
	Preferences string
	// TakeDown asks for a comment to be taken down: a mailto: or https address,
	// or "" to leave the line out.
	TakeDown string
}

// TokenMark stands in a mail's links where each reader's own token goes. It is
// as long as a token, so that replacing it moves no line end, and cannot be one:
// "1" is not a character of tokens.
const TokenMark = "1postbag1token1goes1here11"

// MailText is a rendered mail before it is addressed.
type MailText struct {
	Subject string
	HTML    string
	Text    string
}

package digest

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Publication is what all series of an installation share: the name on the
// masthead and the identity of its feeds. It is one row of the store.
type Publication struct {
	Name     string // "" until the first source gives its own
	Language string // BCP 47
	HomeURL  string // the blog's home page
	// TagAuthority is the "host,date" of every tag: URI (RFC 4151), minted once
	// when the first issue is frozen and never changed: ids survive a change of
	// host.
	TagAuthority string
	// Salt makes Message-IDs and hashes unguessable; 16 random bytes, minted
	// with the store.
	Salt []byte
	// PostalAddress stands in the footer of every mail, as many laws ask.
	PostalAddress string
	// Separator is what stands between picks.
	Separator Separator
	// WatchList is names that an editor is told of when a pick has one, one a line.
	WatchList string
	// Glossary is the abbreviations that readers know, one a line; what follows a colon
	// explains one.
	Glossary string
}

// Watched lists the names on the watch list.
func (p Publication) Watched() []string { return linesOf(p.WatchList) }

// Terms lists the abbreviations of the glossary.
func (p Publication) Terms() []string {
	terms := linesOf(p.Glossary)
	for i, line := range terms {
		term, _, _ := strings.Cut(line, ":")
		terms[i] = strings.TrimSpace(term)
	}
	return terms
}

func linesOf(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Separator is what stands between two picks of an issue. A mail's text part, which
// has no lines to draw, has asterisks in either case.
type Separator string

// The separators.
const (
	Hairline  Separator = "hairline"
	Asterisks Separator = "asterisks" // "*******"
)

// Separators lists them, the usual one first.
func Separators() []Separator { return []Separator{Hairline, Asterisks} }

// DeadlineRule says what happens when the moment of an issue passes without
// approval.
type DeadlineRule string

// Hold keeps the draft open and waits for the editor: nothing sends itself
// unseen.
const Hold DeadlineRule = "hold"

// The rules that send an issue which nobody approved.
const (
	SendPicked    DeadlineRule = "send-picked"    // what is picked, if it is enough and nothing is to be mended
	SendSuggested DeadlineRule = "send-suggested" // what the rules suggest, below what is picked
	SendPosts     DeadlineRule = "posts-only"     // the posts' titles and counts, no reader's words
)

// DeadlineRules lists the rules, the most careful first.
func DeadlineRules() []DeadlineRule {
	return []DeadlineRule{Hold, SendPicked, SendSuggested, SendPosts}
}

var deadlineWords = map[DeadlineRule]string{
	Hold:          "It is held, with all that is in it, for the next moment.",
	SendPicked:    "What is picked goes out, if it is enough and nothing is to be mended; else it is held.",
	SendSuggested: "What is suggested goes out below what is picked, under “Chosen automatically from this week's comments”.",
	SendPosts:     "The titles of the posts go out with the numbers of their comments, and no reader's words.",
}

// Words says in a sentence what happens by the rule.
func (r DeadlineRule) Words() string { return deadlineWords[r] }

// ContainsName tells whether a text has a name in it, as words of their own, whatever the
// case of their letters.
func ContainsName(text, name string) bool {
	text, name = strings.ToLower(text), strings.ToLower(name)
	isOfWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; name != ""; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !isOfWord(before) && !isOfWord(after) {
			return true
		}
		for at = start + 1; at < len(text) && !utf8.RuneStart(text[at]); at++ {
		}
	}
	return false
}

// Series is a recurring compilation.
type Series struct {
	ID    int64
	Slug  string // in addresses, e.g. "pick-of-the-week"
	Name  string // "Pick of the Week"
	Title string // pattern with {name} and {number}
	// Schedule is a five-field cron expression read in Zone, an IANA name.
	Schedule   string
	Zone       string
	NextNumber int // the number the next issue takes
	Deadline   DeadlineRule
	AtLeast    int // picks that an issue needs for [SendPicked]
	CreatedAt  time.Time
	// Further tells of a series that is not the first: its pages have addresses with
	// its slug in them. Those of the first one are the short ones.
	Further bool
}

// Place is what stands before the addresses of the series' pages: its slug, or "" for
// the first series. It never changes.
func (s Series) Place() string {
	if s.Further {
		return s.Slug
	}
	return ""
}

// Defaults of a series, used when the first source creates one.
const (
	DefaultSeriesName     = "Pick of the Week"
	DefaultSeriesSlug     = "pick-of-the-week"
	DefaultSeriesTitle    = "{name} {number}"
	DefaultSeriesSchedule = "0 18 * * 0" // Sunday 18:00
)

// MaxNumber is the largest number that an issue may be given: what has more digits is
// a mistake of typing.
const MaxNumber = 999_999

// TitleOf fills the series' title pattern for a number.
func (s Series) TitleOf(number int) string {
	return strings.NewReplacer("{name}", s.Name, "{number}", strconv.Itoa(number)).Replace(s.Title)
}

// Location loads the series' zone. The error is of kind Invalid.
func (s Series) Location() (*time.Location, error) { return LoadZone(s.Zone) }

// LoadZone loads an IANA zone by name. The machine's nameless "Local" is
// refused, since another machine would read it differently.
func LoadZone(name string) (*time.Location, error) {
	const hint = `Use an IANA name such as "Europe/London" or "UTC".`
	if name == "" || name == "Local" {
		return nil, Fail(Invalid, hint, "the zone %q is not a zone name", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, Fail(Invalid, hint, "the zone %q is not known", name)
	}
	return loc, nil
}

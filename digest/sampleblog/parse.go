package sampleblog

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// script is one parsed file: a post and what is said below it.
type script struct {
	title, slug string
	at          moment
	html        string
	remarks     []remark
}

// remark is a comment as written in a script. parent is the index of the
// remark it answers, or -1.
type remark struct {
	at      moment
	parent  int
	author  string
	profile bool
	removed removal
	noLink  bool
	html    string
}

// moment is a time relative to now: a clock time some days ago, or a duration.
type moment struct {
	text         string
	days         int
	hour, minute int
	ago          time.Duration
}

// removal says who took a comment away.
type removal int

const (
	kept removal = iota
	byAuthor
	byAdmin
)

// notice is what Blogger puts in place of a removed comment.
func (r removal) notice() string {
	if r == byAuthor {
		return "This comment has been removed by the author."
	}
	return "This comment has been removed by a blog administrator."
}

const (
	commentMark = "==="
	replyMark   = "-->"
)

var (
	errReplyFirst = errors.New("a reply needs a comment above it")
	dayMoment     = regexp.MustCompile(`^-(\d)d (\d\d):(\d\d)$`)
	remarkHead    = regexp.MustCompile(`^(===|-->) (-\S+(?: \d\d:\d\d)?)` +
		`(?: by ([^()\[\]]+?)( \(profile\))?)?((?: \[[a-z ]+\])*)$`)
)

// parse reads one script. It is strict: whatever it does not know is an error.
func parse(text string) (script, error) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	s, err := parseHeader(lines)
	if err != nil {
		return s, err
	}
	const headerLines = 4
	n, top := headerLines, -1
	body, n := block(lines, n)
	if s.html, err = postHTML(body); err != nil {
		return s, fmt.Errorf("post: %w", err)
	}
	for n < len(lines) {
		head := n
		body, n = block(lines, n+1)
		r, err := parseRemark(lines[head], body, top)
		if err != nil {
			return s, fmt.Errorf("line %d: %w", head+1, err)
		}
		if r.parent < 0 {
			top = len(s.remarks)
		}
		s.remarks = append(s.remarks, r)
	}
	return s, nil
}

// parseHeader reads the three fields and the empty line after them.
func parseHeader(lines []string) (script, error) {
	var s script
	var at string
	fields := []struct {
		key   string
		value *string
	}{{"title:", &s.title}, {"slug:", &s.slug}, {"at:", &at}}
	if len(lines) < len(fields)+2 || lines[len(fields)] != "" {
		return s, errors.New("a script begins with title, slug, at and an empty line")
	}
	for i, f := range fields {
		v, ok := strings.CutPrefix(lines[i], f.key)
		if !ok {
			return s, fmt.Errorf("line %d: want %q, have %q", i+1, f.key, lines[i])
		}
		*f.value = strings.TrimSpace(v)
	}
	if s.slug == "" {
		return s, errors.New("line 2: empty slug")
	}
	var err error
	s.at, err = parseMoment(at)
	return s, err
}

// block returns the lines from n up to the next remark, and where that stands.
func block(lines []string, n int) (body []string, next int) {
	for next = n; next < len(lines); next++ {
		l := lines[next]
		if strings.HasPrefix(l, commentMark) || strings.HasPrefix(l, replyMark) {
			break
		}
	}
	return lines[n:next], next
}

// parseRemark reads the heading of a comment and its body. top is the index
// of the comment a reply would answer.
func parseRemark(head string, body []string, top int) (remark, error) {
	m := remarkHead.FindStringSubmatch(head)
	if m == nil {
		return remark{}, fmt.Errorf("unknown heading %q", head)
	}
	r := remark{parent: -1, author: m[3], profile: m[4] != ""}
	if m[1] == replyMark {
		if top < 0 {
			return r, errReplyFirst
		}
		r.parent = top
	}
	if r.author == "" {
		r.author = anonymous
	}
	var err error
	if r.at, err = parseMoment(m[2]); err != nil {
		return r, err
	}
	if err := r.flags(m[5]); err != nil {
		return r, err
	}
	if r.html, err = commentHTML(body); err != nil {
		return r, err
	}
	if (r.html == "") != (r.removed != kept) {
		return r, errors.New("a comment has words or is removed, one of the two")
	}
	return r, nil
}

// flags reads the words in brackets at the end of a heading.
func (r *remark) flags(text string) error {
	for f := range strings.SplitSeq(strings.Trim(text, " []"), "] [") {
		switch f {
		case "":
		case "removed by author":
			r.removed = byAuthor
		case "removed by admin":
			r.removed = byAdmin
		case "no link":
			r.noLink = true
		default:
			return fmt.Errorf("unknown flag %q", f)
		}
	}
	return nil
}

// parseMoment reads "-2d 23:41" or "-1h20m".
func parseMoment(text string) (moment, error) {
	if m := dayMoment.FindStringSubmatch(text); m != nil {
		days, _ := strconv.Atoi(m[1])
		hour, _ := strconv.Atoi(m[2])
		minute, _ := strconv.Atoi(m[3])
		if days < 1 || hour > 23 || minute > 59 {
			return moment{}, fmt.Errorf("impossible moment %q", text)
		}
		return moment{text: text, days: days, hour: hour, minute: minute}, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d > -2*time.Minute || d < -6*time.Hour {
		return moment{}, fmt.Errorf("unknown moment %q", text)
	}
	return moment{text: text, ago: -d}, nil
}

// on gives the moment a time before now. Seconds below a minute are added, so
// that comments do not all fall on the full minute.
func (m moment) on(now time.Time, zone *time.Location, below time.Duration) time.Time {
	now = now.In(zone)
	if m.days == 0 {
		return now.Add(-m.ago).Truncate(time.Minute).Add(below)
	}
	y, mo, d := now.Date()
	return time.Date(y, mo, d-m.days, m.hour, m.minute, 0, 0, zone).Add(below)
}

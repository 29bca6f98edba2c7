package letters

import (
	"encoding/json"
	"fmt"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/templates"
)

// Told is what a reminder tells of an issue, as it was when the letter was queued: the
// [subscribers.Letter.About] of its kind.
type Told struct {
	Title     string        `json:"title"`
	Series    string        `json:"series"` // the slug
	Several   bool          `json:"several,omitempty"`
	Number    int           `json:"number"`
	Moment    string        `json:"moment"` // "Sunday 8 March, 18:00 London time"
	Hours     int           `json:"hours"`  // until then
	Picks     int           `json:"picks"`
	Left      int           `json:"left"`   // comments that nobody has decided on
	ToFix     int           `json:"to_fix"` // how many problems there are
	Problems  []string      `json:"problems,omitempty"`
	Suggested []ToldComment `json:"suggested,omitempty"`
	Otherwise string        `json:"otherwise"` // what happens if nobody does anything
}

// ToldComment is a comment that is suggested.
type ToldComment struct {
	Author  string `json:"author"`
	Words   string `json:"words"`
	Post    string `json:"post,omitempty"`
	Reasons string `json:"reasons,omitempty"`
}

// reminder tells an editor that nobody has approved an issue.
func (w Writer) reminder(f Facts, l subscribers.Letter) ([]byte, error) {
	var told Told
	if l.About != "" {
		if err := json.Unmarshal([]byte(l.About), &told); err != nil {
			return nil, fmt.Errorf("letter %d: what it tells cannot be read: %w", l.ID, err)
		}
	}
	series := ""
	if told.Several {
		series = told.Series
	}
	screen := func(p site.Page) string {
		if series == "" {
			return w.DeskURL(p, told.Number)
		}
		return w.DeskURL(p, told.Number) + "?" + site.SeriesQuery + "=" + series
	}
	v := templates.ReminderView{
		Publication: f.Publication.Name, HomeURL: w.Site.URL(site.Home), Editor: l.Name, Language: f.Publication.Language,
		Title: told.Title, Moment: told.Moment, Hours: told.Hours, Picks: told.Picks, Left: told.Left,
		ToFix: told.ToFix, Problems: told.Problems, Otherwise: told.Otherwise,
		ReadURL: screen(site.ReadScreen), CheckURL: screen(site.CheckScreen),
	}
	for _, c := range told.Suggested {
		v.Suggested = append(v.Suggested, templates.ReminderComment(c))
	}
	for _, r := range digest.Replies() {
		v.Replies = append(v.Replies, templates.ReminderReply{Label: r.Label(), Says: replySays[r], Quiet: r != digest.ReplySend, URL: w.DeskURL(site.Reminder, l.Token, string(r))})
	}
	text, err := w.Set.ReminderMail(v)
	return w.toEditor(f, l, text, err)
}

var replySays = map[digest.Reply]string{
	digest.ReplySend: "It is approved as it stands, and goes out at its moment.", digest.ReplySkip: "Nothing goes out this time. What is in it goes on to the next issue.", digest.ReplyWait: "It goes out 24 hours later, if it is approved by then.",
}

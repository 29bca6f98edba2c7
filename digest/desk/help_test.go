package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/prose"
	"postbag/digest/pull"
	"postbag/digest/suggest"
)

// say stores comments under a post, each by its writer, and gives their ids. One that
// begins with "> " answers the one before it.
func (d *bench) say(t *testing.T, post, writer string, texts ...string) (ids []int64) {
	t.Helper()
	page := pull.Page{SourceID: 1, Seen: d.clock.at, Posts: []digest.Post{{GUID: post, URL: "https://blog.example/" + post, Title: "On " + post, Published: now.Add(-time.Hour), Hash: post}}}
	for i, text := range texts {
		text, isReply := strings.CutPrefix(text, "> ")
		c := digest.Comment{GUID: fmt.Sprint(post, writer, i), PostRef: post, Author: writer, Published: d.clock.at.Add(time.Duration(i-len(texts)) * time.Second),
			Hash: fmt.Sprint(post, writer, i), Words: prose.CountWords(text), Body: digest.Plain(text)}
		if isReply {
			c.ParentRef = page.Comments[i-1].GUID
		}
		page.Comments = append(page.Comments, c)
	}
	stored, err := d.db.StorePage(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	return stored.CommentIDs
}

// english tells that the blog is in English.
func (d *bench) english(t *testing.T) {
	t.Helper()
	src, err := d.db.Source(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	src.Language = "en"
	if err := d.db.SaveSource(t.Context(), ada, src); err != nil {
		t.Fatal(err)
	}
}

func (d *bench) off(t *testing.T, rule suggest.Rule) {
	t.Helper()
	if changed, err := d.SwitchRule(t.Context(), ada, "", rule, false); err != nil || !changed {
		t.Fatal(changed, err)
	}
}

// TestPairsAreTold: of the rows which say much the same, and which question one answers;
// none where the help is off.
func TestPairsAreTold(t *testing.T) {
	d := newDesk(t, 0)
	d.english(t)
	ids := d.say(t, "p", "Ines",
		"Does anybody know who mends the weathercock on the tannery roof?",
		"> The slater from Marle does, he did it after the storm for a ham.",
		"The otters came back to the weir in spring, two of them, and took every trout from the hatchery.",
		"At the hatchery they counted the trout after the otters had been at the weir: none left.",
		"My aunt kept a diary of hats.")
	d.open(t)
	d.pick(t, ids...)
	rows := func() []desk.Row {
		t.Helper()
		a, err := d.Arrangement(t.Context(), desk.Ref{})
		if err != nil {
			t.Fatal(err)
		}
		return a.Rows
	}
	all := rows()
	answered, same := 0, 0
	for i, r := range all {
		text := r.Words.Text()
		if strings.HasPrefix(text, "The slater") {
			answered++
			if r.Question != "Does anybody know who mends the weathercock on the tannery roof?" {
				t.Errorf("row %d answers %q", i+1, r.Question)
			}
		} else if r.Question != "" {
			t.Errorf("row %d answers %q", i+1, r.Question)
		}
		if r.Alike != 0 {
			same++
			if of := all[r.Alike-1].Words.Text(); r.Alike > i || !strings.Contains(text, "otters") || !strings.Contains(of, "otters") {
				t.Errorf("%q says much the same as %q", text, of)
			}
		}
	}
	if answered != 1 || same != 1 {
		t.Errorf("%d answers, %d that say the same", answered, same)
	}
	d.off(t, suggest.PairsOfPicks)
	for i, r := range rows() {
		if r.Question != "" || r.Alike != 0 {
			t.Errorf("row %d although the help is off: %q, alike %d", i+1, r.Question, r.Alike)
		}
	}
}

// TestLinesToLift: what may be lifted is told of what is kept, and not where the help is
// off.
func TestLinesToLift(t *testing.T) {
	const line = "I was never ashamed of that house until I had to leave it."
	d := newDesk(t, 0)
	d.english(t)
	id := d.say(t, "p", "Ines", "It had two rooms and a tap. "+line+" You could hear the trams all night.")[0]
	d.open(t)
	lines := func() (all []string) {
		t.Helper()
		trimming, err := d.Trimming(t.Context(), desk.Ref{}, 0, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range trimming.Lines {
			all = append(all, trimming.Comment.Body.Slice(r).Text())
		}
		return all
	}
	if got := lines(); !slices.Equal(got, []string{line}) {
		t.Errorf("%q", got)
	}
	d.pick(t, id)
	issue, err := d.DraftAt(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Trim(t.Context(), ada, desk.Ref{Number: issue.Number, Version: issue.Version}, 0, id, desk.Trim{Cut: []desk.Part{{Sentence: 2}}}); err != nil {
		t.Fatal(err)
	}
	if got := lines(); len(got) != 0 {
		t.Errorf("cut words are offered: %q", got)
	}
	d.off(t, suggest.LinesToLift)
	if issue, err = d.DraftAt(t.Context(), desk.Ref{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Undo(t.Context(), ada, desk.Ref{Number: issue.Number, Version: issue.Version}); err != nil {
		t.Fatal(err)
	}
	if got := lines(); len(got) != 0 {
		t.Errorf("lines although the help is off: %q", got)
	}
}

// TestVoices: a post of ten comments without a pick, who is picked in issue after issue,
// and who wrote for the first time are told.
func TestVoices(t *testing.T) {
	d := newDesk(t, 0)
	tell := func(post, writer string, n int) []int64 {
		var texts []string
		for i := range n {
			texts = append(texts, fmt.Sprintf("%s says on %s for the %dth time what nobody else there wanted to hear.", writer, post, i))
		}
		return d.say(t, post, writer, texts...)
	}
	for week := range 3 {
		ids := tell(fmt.Sprint("week", week), "Deb", 2)
		d.open(t)
		d.pick(t, ids[0])
		issue := d.approve(t)
		d.clock.at = issue.DueAt.Add(time.Minute)
	}
	ids := tell("now", "Deb", 1)
	tell("busy", "Anonymous", 10)
	first := tell("now", "Ines", 1)[0]
	d.open(t)
	d.pick(t, ids[0])
	v, err := d.Voices(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Posts) != 1 || v.Posts[0].Title != "On busy" || v.Posts[0].Comments != 10 {
		t.Errorf("posts: %+v", v.Posts)
	}
	if !slices.Equal(v.Often, []string{"Deb"}) {
		t.Errorf("often: %q", v.Often)
	}
	if len(v.FirstTime) != 1 || v.FirstTime[0].ID != first || v.Newcomers != 1 {
		t.Errorf("first: %+v", v.FirstTime)
	}
	d.off(t, suggest.MissingVoices)
	if v, err := d.Voices(t.Context(), desk.Ref{}); err != nil || !v.Off || len(v.Posts)+len(v.Often)+len(v.FirstTime) > 0 {
		t.Errorf("with the help off: %+v %v", v, err)
	}
}

package compile_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/compile"
)

var update = flag.Bool("update", false, "write the golden files anew")

func day(d, hour int) time.Time { return time.Date(2026, 11, d, hour, 0, 0, 0, time.UTC) }

// comment makes a comment under the post "The hatch".
func comment(id, parent int64, author, text string) digest.Candidate {
	return digest.Candidate{
		Comment: digest.Comment{
			ID: id, ParentID: parent, PostID: 1, Author: author, Published: day(16, 9).Add(time.Duration(id) * time.Minute),
			URL: "https://nightbus.example/hatch.html#c" + string(rune('0'+id)), Hash: "h" + string(rune('0'+id)), Body: digest.Plain(text),
		},
		PostTitle: "The hatch", PostURL: "https://nightbus.example/hatch.html", PostPublished: day(15, 8),
	}
}

func pick(c digest.Candidate, kept ...digest.Range) digest.Block {
	return digest.Block{Kind: digest.PickBlock, CommentID: c.ID, PickedHash: c.Hash, Kept: kept}
}

func heading(text string) digest.Block {
	return digest.Block{Kind: digest.HeadingBlock, Text: text}
}

func text(markdown string) digest.Block { return digest.Block{Kind: digest.TextBlock, Text: markdown} }

// input is an issue of the given rows over the given comments.
func input(comments []digest.Candidate, rows ...digest.Block) compile.Input {
	byID := map[int64]digest.Candidate{}
	for _, c := range comments {
		byID[c.ID] = c
	}
	return compile.Input{
		Issue:  digest.Issue{Number: 8, Title: "Pick of the Week 8", Blocks: rows},
		Series: digest.Series{Slug: "pick-of-the-week", Name: "Pick of the Week", Zone: "Europe/London"},
		Publication: digest.Publication{
			Name: "The Night Service", HomeURL: "https://nightbus.example/", TagAuthority: "nightbus.example,2026-10-01",
		},
		Comments: byID,
		Date:     day(22, 18),
	}
}

func freeze(t *testing.T, in compile.Input) *digest.Frozen {
	t.Helper()
	f, err := compile.Freeze(in)
	if err != nil {
		t.Fatalf("%v (%s)", err, digest.HintOf(err))
	}
	return f
}

// whole is an issue with every sort of row and pick.
func whole() compile.Input {
	untitled := comment(5, 0, "Marek P.", "Line 9 lost its driver again. We found out from the paper.")
	untitled.PostTitle, untitled.URL = "", ""
	untitled.PostURL = "https://nightbus.example/untitled.html"
	untitled.PostPublished = time.Date(2026, 7, 31, 23, 30, 0, 0, time.UTC) // August in London
	gone := comment(6, 0, "Someone", "I should not have said that.")
	gone.Gone = true
	styled := comment(7, 6, "", "")
	styled.Body = digest.Prose{
		{Kind: digest.Quote, Depth: 1, Spans: []digest.Span{{Text: "The rota is fair."}}},
		{Spans: []digest.Span{{Text: "It is "}, {Text: "not", Em: true}, {Text: ", see "}, {Text: "the rota", Href: "https://nightbus.example/rota"}, {Text: "."}}},
	}
	first := comment(1, 0, "Anonymous", "Nineteen minutes at the terminus with no toilet. Who plans this? I have driven it for six years.\n\nNobody asks us.")
	reply := comment(2, 1, "Anonymous", "The scheduling office does.")
	apart := comment(3, 1, "Deb", "Six years here too, and the same answer every time.")
	other := comment(4, 9, "Getafix", "Hear, hear.")
	parent := comment(9, 0, "Anonymous", "The new blinds cannot be read in the rain, which in this town is every night from October until the day they take the Christmas lights down again.")
	in := input([]digest.Candidate{first, reply, apart, other, untitled, gone, styled, parent},
		text("A long week. *Thank you* for writing."),
		pick(first, digest.Range{Start: 49, End: len(first.Body.Text())}),
		pick(reply),
		pick(apart),
		heading("  Elsewhere\n"),
		pick(other),
		pick(untitled),
		pick(styled),
	)
	in.Issue.Intro = "Seven of you this week, from [the hatch](https://nightbus.example/hatch.html) and beyond."
	in.Publication.Language = "en-GB"
	in.Publication.PostalAddress = "1 Depot Road\nSomewhere\n"
	return in
}

func TestFreezeGolden(t *testing.T) {
	in := whole()
	got, err := json.MarshalIndent(freeze(t, in), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.MarshalIndent(freeze(t, whole()), "", "  ")
	if err != nil || !bytes.Equal(got, again) {
		t.Errorf("the same issue frozen twice differs (%v)", err)
	}
	if !reflect.DeepEqual(in, whole()) {
		t.Error("freezing changed its input")
	}
	path := filepath.Join("testdata", "issue.json")
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the frozen issue is not %s (rewrite it with -update):\n%s", path, got)
	}
	var back digest.Frozen
	if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(&back, freeze(t, whole())) {
		t.Errorf("the issue does not read back as it was written (%v)", err)
	}
}

func TestContext(t *testing.T) {
	const long = "The new blinds cannot be read in the rain, which in this town is every night from October to the spring."
	parent := comment(1, 0, "Deb", long)
	reply := comment(2, 1, "Anonymous", "They can not.")
	other := comment(3, 0, "Anonymous", "Something else.")
	gone := parent
	gone.Gone = true
	same := parent
	same.Author = "Anonymous"
	quoting, onlyQuoting := parent, parent
	onlyQuoting.Body = digest.Prose{{Kind: digest.Quote, Depth: 1, Spans: []digest.Span{{Text: "It is fair."}}}}
	quoting.Body = append(slices.Clone(onlyQuoting.Body), digest.Plain("Not at all.")...)
	cut := digest.Range{Start: strings.Index(long, "which"), End: len(long)}
	tests := []struct {
		name     string
		comments []digest.Candidate
		rows     []digest.Block
		want     *digest.Context // of the last pick
	}{
		{"of no reply", []digest.Candidate{other}, []digest.Block{pick(other)}, nil},
		{"a parent that is not picked", []digest.Candidate{parent, reply}, []digest.Block{pick(reply)},
			&digest.Context{Author: "Deb", Quote: "The new blinds cannot be read in the rain, which in this town is every night…"}},
		{"the pick just above", []digest.Candidate{parent, reply, other}, []digest.Block{pick(other), pick(parent), pick(reply)},
			&digest.Context{Author: "Deb", Above: 2}},
		{"a pick further up", []digest.Candidate{parent, reply, other}, []digest.Block{pick(parent), pick(other), pick(reply)},
			&digest.Context{Author: "Deb", Quote: "The new blinds cannot be read in the rain, which in this town is every night…"}},
		{"a pick above a heading", []digest.Candidate{parent, reply}, []digest.Block{pick(parent), heading("Replies"), pick(reply)},
			&digest.Context{Author: "Deb", Quote: "The new blinds cannot be read in the rain, which in this town is every night…"}},
		{"a trimmed pick further up gives only what is kept", []digest.Candidate{parent, reply, other},
			[]digest.Block{pick(parent, cut), pick(other), pick(reply)},
			&digest.Context{Author: "Deb", Quote: "which in this town is every night from October to the spring."}},
		{"a parent that quotes", []digest.Candidate{quoting, reply}, []digest.Block{pick(reply)}, &digest.Context{Author: "Deb", Quote: "Not at all."}},
		{"a parent that only quotes", []digest.Candidate{onlyQuoting, reply}, []digest.Block{pick(reply)}, &digest.Context{Author: "Deb", Quote: "It is fair."}},
		{"a parent that is gone", []digest.Candidate{gone, reply}, []digest.Block{pick(reply)}, &digest.Context{Author: "Deb"}},
		{"a parent of the same name", []digest.Candidate{same, reply}, []digest.Block{pick(reply)},
			&digest.Context{Author: "Anonymous", Quote: "The new blinds cannot be read in the rain, which in this town is every night…"}},
		{"a parent that is not known", []digest.Candidate{reply}, []digest.Block{pick(reply)}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := freeze(t, input(test.comments, test.rows...))
			got := f.Blocks[len(f.Blocks)-1].Pick.Context
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if got != nil && utf8.RuneCountInString(got.Quote) > 80 {
				t.Errorf("a quote of %d characters", utf8.RuneCountInString(got.Quote))
			}
		})
	}
}

func TestFreezeRefuses(t *testing.T) {
	a := comment(1, 0, "Deb", "One two three. Four five six.")
	b := comment(2, 0, "Anonymous", "Seven eight nine.")
	gone, edited, empty := a, b, a
	gone.Gone = true
	edited.Hash = "other"
	empty.Body = nil
	both := []digest.Candidate{a, b}
	tests := []struct {
		name string
		in   compile.Input
		kind digest.Kind
		want []string // of the message
	}{
		{"nothing", input(nil), digest.Invalid, []string{"no picks"}},
		{"text alone", input(nil, text("Hello.")), digest.Invalid, []string{"no picks"}},
		{"an empty heading", input(both, heading(" \n"), pick(a)), digest.Invalid, []string{"row 1", "empty"}},
		{"a heading before a heading", input(both, heading("A"), heading("B"), pick(a)), digest.Invalid, []string{`"A" in row 1`}},
		{"a heading at the end", input(both, pick(a), heading("B")), digest.Invalid, []string{`"B" in row 2`}},
		{"an empty text", input(both, pick(a), text(" \n")), digest.Invalid, []string{"row 2", "empty"}},
		{"the same comment twice", input(both, pick(a), pick(b), pick(a)), digest.Invalid, []string{"row 3", "row 1"}},
		{"gone", input([]digest.Candidate{gone, b}, pick(b), pick(gone)), digest.Conflict, []string{"pick 2", "Deb", "One two three", "no longer on the blog"}},
		{"unknown", input([]digest.Candidate{b}, pick(a), pick(b)), digest.Conflict, []string{"row 1: pick 1 (comment 1)", "no longer"}},
		{"changed", input([]digest.Candidate{a, edited}, pick(a), pick(b)), digest.Conflict, []string{"pick 2", "Anonymous", "Seven eight", "changed"}},
		{"gone and changed", input([]digest.Candidate{gone, edited}, pick(a), pick(b)), digest.Conflict, []string{"pick 1", "no longer"}},
		{"all that are gone", input([]digest.Candidate{gone}, pick(a), pick(b)), digest.Conflict, []string{"pick 1", "pick 2"}},
		{"without words", input([]digest.Candidate{empty}, pick(empty)), digest.Invalid, []string{"pick 1", "no text"}},
		{"trimmed past its end", input(both, pick(a, digest.Range{Start: 0, End: 500})), digest.Invalid, []string{"row 1", "pick 1", "not inside"}},
		{"trimmed to nothing", input(both, pick(a, digest.Range{Start: 3, End: 4})), digest.Invalid, []string{"nothing of the comment"}},
	}
	noTitle := input(both, pick(a))
	noTitle.Issue.Title = " \t"
	noZone := input(both, pick(a))
	noZone.Series.Zone = "Nowhere"
	for _, in := range []compile.Input{noTitle, noZone} {
		if _, err := compile.Freeze(in); digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("got %v; want Invalid with a hint", err)
		}
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := compile.Freeze(test.in)
			if err == nil {
				t.Fatal("it was frozen")
			}
			if digest.KindOf(err) != test.kind || digest.HintOf(err) == "" && len(digest.ActsOf(err)) == 0 {
				t.Errorf("kind %d, and nothing is said of what to do", digest.KindOf(err))
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not tell %q", err, want)
				}
			}
		})
	}
}

// TestRefusalsNameTheRepair: rows count headings and texts too, and every act has
// the ids of its rows.
func TestRefusalsNameTheRepair(t *testing.T) {
	a := comment(1, 0, "Deb", "One two three.")
	b := comment(2, 0, "Anonymous", "Four five six.")
	goneA, goneB, editedA, editedB, empty := a, b, a, b, b
	goneA.Gone, goneB.Gone = true, true
	editedA.Hash, editedB.Hash = "other", "other"
	empty.Body = nil
	rows := []digest.Block{heading("On the hatch"), pick(a), text("We asked."), pick(b)}
	for i := range rows {
		rows[i].ID = int64(10 + i)
	}
	fifth := func(b digest.Block) []digest.Block { b.ID = 14; return append(slices.Clone(rows), b) }
	act := func(do digest.Deed, at ...int) digest.Act {
		a := digest.Act{Do: do, Issue: 8, Rows: at}
		for _, row := range at {
			a.Blocks = append(a.Blocks, int64(9+row))
		}
		return a
	}
	remove := func(at ...int) []digest.Act { return []digest.Act{act(digest.RemoveRows, at...)} }
	removeOrKeep := func(at ...int) []digest.Act { return append(remove(at...), act(digest.KeepRows, at...)) }
	accept := func(at ...int) []digest.Act {
		return []digest.Act{act(digest.ShowIssue, at...), act(digest.KeepRows, at...), act(digest.AcceptRows, at...)}
	}
	list := func(comments ...digest.Candidate) []digest.Candidate { return comments }
	tests := []struct {
		name    string
		in      compile.Input
		message string
		acts    []digest.Act
	}{
		{"gone", input(list(a, goneB), rows...), "row 4: pick 2, comment 2 by Anonymous", removeOrKeep(4)},
		{"unknown", input(list(a), rows...), "row 4: pick 2 (comment 2)", removeOrKeep(4)},
		{"several are gone", input(list(goneA, goneB), rows...), "row 2: pick 1, comment 1 by Deb",
			removeOrKeep(2, 4)},
		{"changed", input(list(a, editedB), rows...), "row 4: pick 2, comment 2 by Anonymous",
			accept(4)},
		{"several changed", input(list(editedA, editedB), rows...), "row 2: pick 1, comment 1 by Deb",
			accept(2, 4)},
		{"without words", input(list(a, empty), rows...), "row 4: pick 2, comment 2 by Anonymous", remove(4)},
		{"twice", input(list(a, b), fifth(pick(a))...), "row 5 is the same comment as row 2", remove(5)},
		{"an empty text", input(list(a, b), fifth(text(" "))...), "row 5", remove(5)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := compile.Freeze(test.in)
			if err == nil || !strings.Contains(err.Error(), test.message) || !reflect.DeepEqual(digest.ActsOf(err), test.acts) {
				t.Errorf("got  %v\nacts %+v\nwant %+v", err, digest.ActsOf(err), test.acts)
			}
		})
	}
}

func TestFreezeNeedsIdentity(t *testing.T) {
	a := comment(1, 0, "Deb", "One two three.")
	for name, spoil := range map[string]func(*compile.Input){
		"authority": func(in *compile.Input) { in.Publication.TagAuthority = "" },
		"slug":      func(in *compile.Input) { in.Series.Slug = "" },
		"date":      func(in *compile.Input) { in.Date = time.Time{} },
		"kind":      func(in *compile.Input) { in.Issue.Blocks[0].Kind = "picture" },
	} {
		in := input([]digest.Candidate{a}, pick(a))
		spoil(&in)
		if _, err := compile.Freeze(in); err == nil {
			t.Errorf("frozen without its %s", name)
		}
	}
}

func TestByline(t *testing.T) {
	bare := comment(1, 0, "", "One two three.")
	bare.URL, bare.PostURL, bare.PostTitle, bare.PostPublished = "", "", "", time.Time{}
	late := comment(2, 0, "  De\u202eb\r\n ", "One two three.")
	late.URL, late.PostTitle = "", "\n"
	late.PostPublished = time.Date(2017, 11, 1, 23, 30, 0, 0, time.UTC)
	late.Published = late.PostPublished.In(time.FixedZone("", 5*3600))
	in := input([]digest.Candidate{bare, late}, pick(bare), pick(late))
	in.Series.Zone = "Europe/Berlin"
	f := freeze(t, in)
	first, second := f.Blocks[0].Pick, f.Blocks[1].Pick
	if first.Author != "Anonymous" || first.PostTitle != "a post" || first.URL != "" || first.Number != 1 {
		t.Errorf("got %+v", first)
	}
	if second.Author != "Deb" || second.PostTitle != "a post of 2 November 2017" || second.URL != late.PostURL || second.Number != 2 {
		t.Errorf("got %+v", second)
	}
	if !first.Untitled || !second.Untitled {
		t.Error("a date passes for a title")
	}
	if second.Published.Location() != time.UTC || !second.Published.Equal(late.Published) {
		t.Errorf("published %v", second.Published)
	}
}

func TestCounts(t *testing.T) {
	a := comment(1, 0, "Deb", strings.Repeat("word ", 899)+"end.")
	b := comment(2, 0, "Deb", "Cut. Kept.")
	in := input([]digest.Candidate{a, b}, heading("Two words"), pick(a), text("Four *words* are here."), pick(b, digest.Range{Start: 5, End: 10}))
	in.Issue.Intro = "Three small words."
	f := freeze(t, in)
	if f.Picks != 2 || f.Words != 3+2+900+4+1 || f.Minutes != 5 {
		t.Errorf("%d picks, %d words, %d minutes", f.Picks, f.Words, f.Minutes)
	}
	if !f.Blocks[3].Pick.Shortened || f.Blocks[1].Pick.Shortened {
		t.Error("shortened is told of the wrong pick")
	}
	if f := freeze(t, input([]digest.Candidate{b}, pick(b, digest.Range{Start: 0, End: 10}))); f.Blocks[0].Pick.Shortened || f.Minutes != 1 {
		t.Errorf("kept whole, but shortened; or %d minutes", f.Minutes)
	}
}

func TestPreheader(t *testing.T) {
	const long = "Nobody who has not sat in that cab at four in the morning with the heater gone can know what it is to wait for a relief that never comes."
	tests := []struct {
		name, intro string
		picks       []string
		want        string
	}{
		{"the first sentences", "Hello.", []string{"Nineteen minutes with no toilet. Who plans this? I have driven it for six years. And then I was told off for stopping."},
			"Nineteen minutes with no toilet. Who plans this? I have driven it for six years."},
		{"across paragraphs", "", []string{"Nineteen minutes.\n\nNo toilet at the terminus,\nnor anywhere near."}, "Nineteen minutes. No toilet at the terminus, nor anywhere near."},
		{"a long sentence", "", []string{long}, "Nobody who has not sat in that cab at four in the morning with the heater gone can know what it is to wait…"},
		{"a short sentence and a long one", "", []string{"No. " + long}, "No. Nobody who has not sat in that cab at four in the morning with the heater gone can know what it is to…"},
		{"the intro helps", "A week about waiting, mostly at night.", []string{"Hear, hear.", "Another."}, "Hear, hear. / A week about waiting, mostly at night."},
		{"the other picks help", "", []string{"Hear, hear.", "Agreed.", "The office does not ask us anything."}, "Hear, hear. / Agreed. / The office does not ask us anything."},
		{"all of it is short", "", []string{"Hear, hear.", "Agreed."}, "Hear, hear. / Agreed."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var comments []digest.Candidate
			var rows []digest.Block
			for i, words := range test.picks {
				comments = append(comments, comment(int64(i+1), 0, "Anonymous", words))
				rows = append(rows, pick(comments[i]))
			}
			in := input(comments, rows...)
			in.Issue.Intro = test.intro
			got := freeze(t, in).Preheader
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if n := utf8.RuneCountInString(got); n > 110 || n < 40 && test.name != "all of it is short" {
				t.Errorf("%d characters", n)
			}
		})
	}
}

func TestPreheaderOfACutPick(t *testing.T) {
	a := comment(1, 0, "Deb", "Cut this. Two sentences here that stay, and then another. Gone.")
	kept := digest.Range{Start: 10, End: 57}
	f := freeze(t, input([]digest.Candidate{a}, pick(a, kept)))
	if want := "Two sentences here that stay, and then another. […]"; f.Preheader != want {
		t.Errorf("got %q, want %q", f.Preheader, want)
	}
}

// What a listing and a mail program show of an issue says no more than its words do.
func TestStyledWordsInExcerpts(t *testing.T) {
	a := comment(1, 0, "Deb", "")
	a.Body = digest.Prose{
		{Spans: []digest.Span{{Text: "The rota is "}, {Text: "fair", Struck: true}, {Text: " late for 10"}, {Text: "6", Shift: "^"}, {Text: " of us. "}, {Text: "[picture: a bus. At night]", Stands: digest.Picture}}},
		{Pre: true, Spans: []digest.Span{{Text: "  wait()\n    more()"}}},
	}
	b := comment(2, 1, "Ann", "No.")
	f := freeze(t, input([]digest.Candidate{a, b}, pick(a), heading("More"), pick(b)))
	const told = "The rota is ~~fair~~ late for 10⁶ of us. [picture: a bus. At night] wait() more()"
	if f.Preheader != told {
		t.Errorf("the preheader is %q", f.Preheader)
	}
	if got := f.Blocks[2].Pick.Context.Quote; got != "The rota is ~~fair~~ late for 10⁶ of us. [picture: a bus. At night] wait()…" {
		t.Errorf("the context is %q", got)
	}
	if f.Blocks[0].Pick.Shortened || f.Words != 9+2+1+1 {
		t.Errorf("%d words, shortened: %v", f.Words, f.Blocks[0].Pick.Shortened)
	}
}

func TestIDs(t *testing.T) {
	a := comment(1, 0, "Deb", "One two three.")
	f := freeze(t, input([]digest.Candidate{a}, pick(a)))
	if f.FeedID != "tag:nightbus.example,2026-10-01:pick-of-the-week" || f.EntryID != f.FeedID+"/8" {
		t.Errorf("got %s and %s", f.FeedID, f.EntryID)
	}
	if f.Language != "en" || f.SeriesSlug != "pick-of-the-week" || f.HomeURL != "https://nightbus.example/" || f.Zone != "Europe/London" {
		t.Errorf("got %+v", f)
	}
}

func TestMintTagAuthority(t *testing.T) {
	at := time.Date(2026, 11, 22, 0, 30, 0, 0, time.FixedZone("", 3600)) // still the 21st in UTC
	tests := []struct{ name, base, want string }{
		{"The Night Service", "https://Night-Service.example.org/letters", "night-service.example.org,2026-11-21"},
		{"x", "https://example.org:8443/", "example.org,2026-11-21"},
		{"x", "https://example.org.", "example.org,2026-11-21"},
		{"x", "https://bücher.example/", "xn--bcher-kva.example,2026-11-21"},
		{"On Probation Blog", "http://localhost:8080", "on-probation-blog.invalid,2026-11-21"},
		{"On Probation Blog", "http://127.0.0.1:8080", "on-probation-blog.invalid,2026-11-21"},
		{"On Probation Blog", "http://[::1]:8080", "on-probation-blog.invalid,2026-11-21"},
		{"On Probation Blog", "http://127.1", "on-probation-blog.invalid,2026-11-21"},
		{"Café “Zwölf” & Söhne!", "http://nas", "cafe-zwolf-sohne.invalid,2026-11-21"},
		{"Ночной автобус", "http://nas.local", "publication-bc7646d0.invalid,2026-11-21"},
		{"", "", "publication-811c9dc5.invalid,2026-11-21"},
		{strings.Repeat("long name ", 20), "http://app.localhost", "long-name-long-name-long-name-long-name-long-name-long-name-lon.invalid,2026-11-21"},
		{"x", "https://under_score.example/", "x.invalid,2026-11-21"},
		{"x", "https://a,b.example/", "x.invalid,2026-11-21"},
		{"x", "not an address", "x.invalid,2026-11-21"},
		{"x", "http://%zz", "x.invalid,2026-11-21"},
	}
	for _, test := range tests {
		if got := compile.MintTagAuthority(test.base, at, test.name); got != test.want {
			t.Errorf("%s, %q: got %s, want %s", test.base, test.name, got, test.want)
		}
	}
}

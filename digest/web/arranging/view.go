package arranging

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/markup"
	"postbag/digest/prose"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// state is what a page shows beside the issue itself.
type state struct {
	row    int64        // the block that is looked at
	by     digest.Actor // who looks
	people digest.People
	// saved is the form that was just saved.
	saved string
	// do is the form that was refused, with what was typed into it: a mistake in it, or
	// what others did to the same thing meanwhile.
	do      string
	typed   map[string]string
	mistake string
	theirs  []string
}

// field fills in a field: with what was typed, if it was refused.
func (s state) field(do string, f screen.Field) screen.Field {
	if typed, is := s.typed[f.Name]; is && s.do == do {
		f.Value, f.Mistake = typed, s.mistake
	}
	return f
}

// other gives what stands there now, beside what was typed.
func (s state) other(do, text, take string) *screen.Theirs {
	if s.do != do || s.theirs == nil {
		return nil
	}
	return &screen.Theirs{Said: strings.Join(s.theirs, " "), Text: text, Take: take}
}

// addresses are those of an issue's pages.
type addresses struct {
	arrange, preview, history, voices, check string
	site                                     site.Site
	series                                   string
	number                                   int
}

// at gives the addresses of an issue's pages.
func (a *Area) at(is desk.Arrangement) addresses {
	series := ""
	if is.Several {
		series = is.Series.Slug
	}
	return a.on(desk.Ref{Series: series, Number: is.Issue.Number})
}

func (a *Area) on(ref desk.Ref) addresses {
	s := a.frame.Site()
	at := addresses{site: s, series: ref.Series, number: ref.Number}
	at.arrange = s.Desk(site.ArrangeScreen, ref.Series, ref.Number)
	at.preview = s.Desk(site.ArrangePreview, ref.Series, ref.Number)
	at.history = s.Desk(site.HistoryScreen, ref.Series, ref.Number)
	at.voices = s.Desk(site.VoicesScreen, ref.Series, ref.Number)
	at.check = s.Desk(site.CheckScreen, ref.Series, ref.Number)
	return at
}

// with adds a query to an address.
func with(address, name string, value any) string {
	joint := "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	return address + joint + name + "=" + url.QueryEscape(fmt.Sprint(value))
}

// row is the page with a row beside it, at that row; 0 for the page.
func (a addresses) row(block int64) string {
	if block == 0 {
		return a.arrange
	}
	return with(a.arrange, "row", block) + "#row-" + strconv.FormatInt(block, 10)
}

func (a addresses) news(version int64) string {
	return with(a.site.Desk(site.ArrangeNews, a.series, a.number), "version", version)
}

// view makes the screen.
func (a *Area) view(is desk.Arrangement, st state) screen.Arrange {
	at, issue := a.at(is), is.Issue
	draft := issue.State == digest.Draft
	v := screen.Arrange{
		Name: issue.Title, Action: at.arrange, Preview: at.preview, Shown: edited(markup.FromMarkdown(issue.Intro)),
		Title: screen.ArrangeText{Action: at.arrange, Version: issue.Version, Theirs: st.other("title", issue.Title, at.arrange),
			Field: st.field("title", screen.Field{Name: "title", Label: "Title", Value: issue.Title, Required: true})},
		Intro: screen.ArrangeText{Action: at.arrange, Version: issue.Version, Theirs: st.other("intro", issue.Intro, at.arrange),
			Field: st.field("intro", screen.Field{Name: "intro", Label: "Introduction · Markdown", Value: issue.Intro, Type: "textarea", Rows: 5})},
	}
	if !draft {
		v.Why = fmt.Sprintf("%s is %s. Its rows stand as readers get them.", issue.Title, issue.State.Is())
		if issue.State == digest.Approved {
			act := digest.Act{Do: digest.ReopenIssue, Series: at.series, Issue: issue.Number}
			v.Acts = append(v.Acts, screen.Link{Label: act.Do.Label(), Address: a.frame.Site().Act(act)})
		}
	}
	switch saved := a.saved(is, st); st.saved {
	case "title":
		v.Title.Saved = saved
	case "intro":
		v.Intro.Saved = saved
	}
	v.List = a.list(is, st, at)
	v.Panel = screen.ArrangePanel{
		Action: at.arrange, Version: issue.Version, Changeable: draft, Focus: a.focus(is, st.row, at), Sizes: sizes(is),
		Saved: a.saved(is, st), Undo: short(is.Undoes), History: at.history, Voices: at.voices, Check: at.check,
		News: screen.ArrangeNews{Address: at.news(issue.Version), Show: at.arrange},
	}
	if st.do != "" {
		v.Panel.Saved = "" // what was refused is not, and an earlier one is not what was meant
	}
	if is.Undoes != nil {
		v.Panel.Last = is.Undoes.ID
	}
	return v
}

// saved says when the issue was saved last, and by whom.
func (a *Area) saved(is desk.Arrangement, st state) string {
	if is.Saved == nil {
		return ""
	}
	now, at := a.frame.Now().In(zoneOf(is.Series)), is.Saved.At.In(zoneOf(is.Series))
	layout := "15:04"
	if now.Format(time.DateOnly) != at.Format(time.DateOnly) {
		layout = "2 January, 15:04"
	}
	return "Saved " + at.Format(layout) + " by " + who(st.people, is.Saved.By, st.by)
}

// who names somebody to somebody.
func who(people digest.People, by, me digest.Actor) string {
	if by == me {
		return "you"
	}
	return people.Name(by)
}

// told tells what was done to an issue, the latest last.
func (a *Area) told(people digest.People, ref desk.Ref, all []digest.Revision) screen.ArrangeNews {
	const most = 3
	at := a.on(desk.Ref{Series: ref.Series, Number: ref.Number})
	news := screen.ArrangeNews{Address: at.news(ref.Version), Show: at.arrange}
	for i, r := range all {
		if i == most {
			news.More = len(all) - most
			break
		}
		words, _, _ := strings.Cut(people.Told(r.Words), ": ")
		news.Said = append(news.Said, fmt.Sprintf("%s %s %s.", named(people.Name(r.By)), frame.Cut(words, 200), ago(a.frame.Now().Sub(r.At))))
	}
	return news
}

// named begins a sentence with somebody: an address is written as it is.
func named(name string) string {
	if strings.Contains(name, "@") {
		return name
	}
	return capital(name)
}

// ago says how long something is past.
func ago(d time.Duration) string {
	switch minutes := int(d.Minutes()); {
	case minutes < 1:
		return "just now"
	case minutes == 1:
		return "a minute ago"
	case minutes < 60:
		return fmt.Sprintf("%d minutes ago", minutes)
	case minutes < 120:
		return "an hour ago"
	case minutes < 48*60:
		return fmt.Sprintf("%d hours ago", minutes/60)
	}
	return fmt.Sprintf("%d days ago", int(d.Hours())/24)
}

func (a *Area) list(is desk.Arrangement, st state, at addresses) screen.ArrangeList {
	issue := is.Issue
	l := screen.ArrangeList{
		Action: at.arrange, Version: issue.Version, Changeable: issue.State == digest.Draft,
		Heading:     st.field("add-heading", screen.Field{Name: "heading", Label: "Heading", Required: true}),
		Text:        st.field("add-text", screen.Field{Name: "text", Label: "Your text · Markdown", Type: "textarea", Rows: 5, Required: true}),
		QuoteText:   st.field("add-quote", screen.Field{Name: "quote", Label: "The words", Type: "textarea", Rows: 4, Required: true}),
		QuoteSource: st.field("add-quote", screen.Field{Name: "source", Label: "Where they stand: a post, a page, a book", Required: true}),
		QuoteURL:    st.field("add-quote", screen.Field{Name: "url", Label: "Its address, if it has one", Type: "url"}),
		Open:        strings.TrimPrefix(st.do, "add-"),
	}
	if st.do == "add-quote" { // one mistake, one place
		l.QuoteSource.Mistake, l.QuoteURL.Mistake = "", ""
	}
	for i, r := range is.Rows {
		l.Rows = append(l.Rows, a.row(is, i, r, st, at))
	}
	return l
}

func (a *Area) row(is desk.Arrangement, i int, r desk.Row, st state, at addresses) screen.ArrangeRow {
	blocks := is.Issue.Blocks
	id := strconv.FormatInt(r.ID, 10)
	look := with(at.arrange, "row", id)
	row := screen.ArrangeRow{
		Action: at.arrange, Version: is.Issue.Version, Changeable: is.Issue.State == digest.Draft,
		Block: r.ID, Row: i + 1, Of: len(blocks), Kind: string(r.Kind), Here: r.ID == st.row, Look: look,
		Number: r.Number, Problem: capital(r.Problem), Apart: r.Apart,
		First: i == 0, Last: i == len(blocks)-1, Up: r.ID,
		Above: st.field("above", screen.Field{Name: "above-" + id, Label: fmt.Sprintf("Heading above row %d", i+1), Required: true}),
	}
	if i > 0 {
		row.Up = blocks[i-1].ID
	}
	switch {
	case i+2 < len(blocks):
		row.Down = blocks[i+2].ID
	case row.Last:
		row.Down = r.ID
	}
	isRefused := st.row == r.ID
	row.OpenAbove, row.Open = isRefused && st.do == "above", isRefused && st.do == "rewrite"
	switch r.Kind {
	case digest.PickBlock:
		const room = 130
		if row.Words = prose.Quote(r.Words, room); !strings.HasPrefix(row.Words, "“") {
			row.Words = "“" + row.Words + "”"
		}
		if r.Answers > 0 {
			row.Answers = is.Rows[r.Answers-1].Number
			row.Question = r.Question
		}
		if r.Alike > 0 {
			row.Alike = is.Rows[r.Alike-1].Number
		}
		row.Facts = facts(is, r)
		row.Trim = at.site.Desk(site.TrimScreen, at.series, at.number, r.ID)
	case digest.HeadingBlock:
		row.Words = r.Text
		row.Fields = []screen.Field{st.field("rewrite", screen.Field{Name: "heading-" + id, Label: "Heading", Value: r.Text, Required: true})}
	case digest.QuoteBlock:
		row.Shown, row.Source = edited(digest.Plain(r.Text)), screen.Link{Label: r.SourceTitle, Address: r.SourceURL}
		row.Fields = []screen.Field{
			st.field("rewrite", screen.Field{Name: "quote-" + id, Label: "The words", Value: r.Text, Type: "textarea", Rows: 4, Required: true}),
			st.field("rewrite", screen.Field{Name: "source-" + id, Label: "Where they stand", Value: r.SourceTitle, Required: true}),
			st.field("rewrite", screen.Field{Name: "url-" + id, Label: "Its address, if it has one", Value: r.SourceURL, Type: "url"}),
		}
		row.Fields[1].Mistake, row.Fields[2].Mistake = "", ""
	default:
		row.Shown = edited(markup.FromMarkdown(r.Text))
		row.Fields = []screen.Field{st.field("rewrite", screen.Field{Name: "text-" + id, Label: "Your text · Markdown", Value: r.Text, Type: "textarea", Rows: 5, Required: true})}
	}
	if isRefused {
		said := r.Text
		if r.Kind == digest.QuoteBlock {
			said = strings.Join([]string{r.Text, r.SourceTitle, r.SourceURL}, "\n\n")
		}
		row.Theirs = st.other("rewrite", said, at.row(r.ID))
	}
	return row
}

// facts say of a pick whose it is, from when, under what, and how long.
func facts(is desk.Arrangement, r desk.Row) string {
	all := []string{cmp.Or(markup.Clean(r.Comment.Author), "Anonymous")}
	if at := r.Comment.DatedAt(); !at.IsZero() {
		all[0] += ", " + at.In(zoneOf(is.Series)).Format("Mon 2 Jan, 15:04")
	}
	if title := markup.Clean(r.Comment.PostTitle); title != "" {
		all = append(all, title)
	}
	words := prose.Words(r.Words)
	if words != r.Comment.Words && r.Comment.Words > 0 {
		all = append(all, fmt.Sprintf("%d of %d words kept", words, r.Comment.Words))
	} else {
		all = append(all, counted(words, "word", "words"))
	}
	return strings.Join(all, " · ")
}

// focus shows a row as readers see it, the first where none is named.
func (a *Area) focus(is desk.Arrangement, block int64, at addresses) screen.ArrangeFocus {
	i := is.Issue.RowOf(block) - 1
	if i < 0 {
		i = 0
	}
	if i >= len(is.Rows) {
		return screen.ArrangeFocus{}
	}
	r := is.Rows[i]
	f := screen.ArrangeFocus{Title: fmt.Sprintf("Row %d, as readers see it", i+1), Block: r.ID, IsPick: r.Kind == digest.PickBlock}
	switch r.Kind {
	case digest.HeadingBlock:
		f.Head = r.Text
	case digest.QuoteBlock:
		f.Words, f.Quotes = edited(digest.Plain(r.Text)), screen.Link{Label: r.SourceTitle, Address: r.SourceURL}
	case digest.TextBlock:
		f.Words = edited(markup.FromMarkdown(r.Text))
	case digest.PickBlock:
		a.focusPick(&f, is, r, at)
	}
	return f
}

func (a *Area) focusPick(f *screen.ArrangeFocus, is desk.Arrangement, r desk.Row, at addresses) {
	f.Words = markup.Look{Rel: markup.ReaderRel, Ours: "ours", Apart: true}.HTML(r.Words)
	f.Number, f.Author = r.Number, cmp.Or(markup.Clean(r.Comment.Author), "Anonymous")
	if t := r.Comment.DatedAt(); !t.IsZero() {
		f.When = t.In(zoneOf(is.Series)).Format("2 January, 15:04")
	}
	f.Post = screen.Link{Label: cmp.Or(markup.Clean(r.Comment.PostTitle), "a post"), Address: webAddress(cmp.Or(r.Comment.URL, r.Comment.PostURL))}
	f.Short = len(r.Kept) > 0
	for _, b := range is.Frozen.Blocks {
		if b.Pick == nil || b.Pick.CommentID != r.CommentID {
			continue
		}
		f.Short, f.Lifted = b.Pick.Shortened, b.Pick.Lifted.Shown()
		if c := b.Pick.Context; c != nil {
			f.Above = inReply(c)
		}
	}
	if is.Issue.State == digest.Draft {
		f.Trim = at.site.Desk(site.TrimScreen, at.series, at.number, r.ID)
		f.Lift = f.Trim + "#line-title"
	}
}

// inReply says what a reply replies to.
func inReply(c *digest.Context) string {
	switch {
	case c.Above > 0:
		return fmt.Sprintf("In reply to no. %d, above", c.Above)
	case c.Quote == "":
		return "In reply to a comment that is no longer there"
	}
	return "In reply to " + cmp.Or(markup.Clean(c.Author), "Anonymous") + ": “" + markup.Clean(c.Quote) + "”"
}

// sizes says how much the issue is.
func sizes(is desk.Arrangement) screen.ArrangeSizes {
	f := is.Frozen
	s := screen.ArrangeSizes{
		Words: fmt.Sprintf("%s · %s · %s", counted(f.Picks, "pick", "picks"), counted(f.Minutes, "minute", "minutes"), counted(f.Words, "word", "words")),
		Of:    desk.TooLargeMail / 1000,
	}
	if is.Size == 0 {
		return s
	}
	s.KB = (is.Size + 500) / 1000
	s.Mail = fmt.Sprintf("mail %d\u00a0KB of\u00a0%d", s.KB, s.Of)
	switch {
	case is.Size > desk.TooLargeMail:
		s.Level, s.Warning = "red", "Mail programs cut it off: shorten some picks, or take some out."
	case is.Size > desk.LargeMail:
		s.Level, s.Warning = "amber", "It is near to what mail programs cut off."
	}
	return s
}

// edited writes the editor's own words.
func edited(p digest.Prose) template.HTML {
	return markup.Look{Rel: markup.EditorRel, Ours: "ours", Apart: true}.HTML(p)
}

// webAddress gives an address that may be a link, "" for one that may not.
func webAddress(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

// zoneOf gives the zone in which a series' times are told.
func zoneOf(s digest.Series) *time.Location {
	zone, err := s.Location()
	if err != nil {
		return time.UTC
	}
	return zone
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	text := strconv.Itoa(n)
	if n >= 1000 {
		text = fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	return text + " " + many
}

// capital begins a sentence.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

package reading

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/markup"
	"postbag/digest/prose"
	"postbag/digest/reading"
	"postbag/digest/site"
	"postbag/digest/suggest"
	"postbag/digest/web/frame"
	"postbag/templates"
	"postbag/templates/screen"
)

// Characters that a line shows of a comment.
const (
	foldedLine = 90
	parentLine = 120
	railLine   = 70
)

// historyShown is how many changes are looked through for the last that can be undone.
const historyShown = 40

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// address gives a page's address.
func (a Area) address(ref desk.Ref, v reading.View) string { return a.withQuery(ref, v.Query()) }

// onComment gives a page's address at one of its comments. An address that says nothing
// else leads to where the editor was, and so has to say the comment.
func (a Area) onComment(ref desk.Ref, v reading.View, comment int64) string {
	if v.Query() == "" {
		v.Comment = comment
	}
	return a.address(ref, v) + fmt.Sprintf("#c%d", comment)
}

func (a Area) withQuery(ref desk.Ref, query string) string {
	return withQuery(a.at(site.ReadScreen, ref), query)
}

func withQuery(address, query string) string {
	switch {
	case query == "":
		return address
	case strings.Contains(address, "?"):
		return address + "&" + query
	}
	return address + "?" + query
}

// at gives the address of one of the issue's pages.
func (a Area) at(p site.Page, ref desk.Ref) string {
	if ref.Number == 0 {
		return a.Site().Desk(p, ref.Series, "draft")
	}
	return a.Site().Desk(p, ref.Series, ref.Number)
}

// trimming is where a comment is trimmed, picked or not.
func (a Area) trimming(ref desk.Ref, number int, comment int64) string {
	return withQuery(a.Site().Desk(site.TrimComment, ref.Series, number, comment), site.FromQuery+"=read")
}

// screen makes the screen of a page.
func (a Area) screen(r *http.Request, ref desk.Ref, p reading.Page) (s screen.Read, err error) {
	s = screen.Read{
		Counted: counted(p), Notes: p.Notes, View: p.View.Query(), Place: a.at(site.ReadPlace, ref),
		PostsLeft: fmt.Sprintf("%d left of %d", p.Left, p.All), List: a.list(r, ref, p), Filter: a.filter(ref, p),
		News: a.newsOf(r.Context(), ref, p.View, p.Seen, reading.News{}),
	}
	s.Heading1, s.OnBlog = titleOf(p.Post), p.Post.URL
	switch {
	case p.View.Search != "":
		s.Heading1, s.OnBlog = "Found: "+p.View.Search, ""
	case p.View.Offered:
		s.Heading1, s.OnBlog = "Suggested for this issue", ""
		s.Note = "Reasons to look, of all posts, the best first. Nothing is picked by a rule."
	case p.View.Thread != 0:
		s.Note = "One comment with all that hangs together with it, whatever was decided."
		if p.Root != 0 {
			s.Begin = a.onComment(ref, thread(p.View, p.Root), p.Root)
		}
	case len(p.Posts) == 0:
		s.Heading1, s.OnBlog = "Nothing to read yet", ""
	}
	if p.Issue.State != digest.Draft {
		s.Note = fmt.Sprintf("%s is %s: nothing is picked for it any more.", p.Issue.Title, p.Issue.State.Is())
	}
	if p.Judging {
		s.Again = a.address(ref, p.View)
	}
	for _, post := range p.Posts {
		s.Posts = append(s.Posts, screen.ReadPost{ID: post.ID, Title: titleOf(post), Left: leftOf(post),
			Address: a.address(ref, p.View.At(post.ID)), Here: post.ID == p.Post.ID && p.View.Search == "" && !p.View.Offered})
	}
	further := func(page int) string {
		v := p.View
		v.Posts = page
		return a.address(ref, v)
	}
	if p.PostsPage > 1 {
		s.Newer = further(p.PostsPage - 1)
	}
	if p.MorePosts {
		s.Older = further(p.PostsPage + 1)
	}
	beside := func(post *reading.Post) *screen.Link {
		if post == nil || p.View.Search != "" {
			return nil
		}
		return &screen.Link{Label: titleOf(*post), Address: a.address(ref, p.View.At(post.ID))}
	}
	if v := p.View.At(0); !v.Older {
		v.Post, v.Offered = 0, true
		s.Offered = &screen.Link{Label: "Suggested for this issue", Address: a.address(ref, v), Here: p.View.Offered}
	}
	s.Next, s.Prev = beside(p.NextPost), beside(p.PrevPost)
	s.Rail, err = a.rail(r, ref, p)
	return s, err
}

// list makes the comments of a page.
func (a Area) list(r *http.Request, ref desk.Ref, p reading.Page) screen.ReadList {
	l := screen.ReadList{}
	for i, item := range p.Items {
		one := a.item(r, ref, p.Series, p, item)
		if i+1 < len(p.Items) {
			one.Next = p.Items[i+1].ID
		}
		l.Items = append(l.Items, one)
	}
	if p.After != 0 {
		v := p.View
		v.After = p.After
		l.More = a.address(ref, v)
		l.MorePart = withQuery(l.More, "more=1")
		return l
	}
	if p.NextPost != nil && p.View.Search == "" {
		l.Onward = &screen.Link{Label: "On to the next post", Address: a.address(ref, p.View.At(p.NextPost.ID))}
	}
	if len(p.Items) > 0 {
		return l
	}
	switch {
	case p.View.Search != "":
		l.Empty = "Nothing is like that, among all that was ever pulled."
	case p.View.Offered && p.Judging:
		l.Empty = "The comments are still being looked at."
	case p.View.Offered:
		l.Empty = "Nothing that is left is suggested."
	case p.All == 0:
		l.Empty = "No comment is like that. Take a filter away, or wait for the next pull."
	case p.Left == 0 && !p.View.All:
		l.Empty = "All is decided here. Arrange the issue, or show what was decided, too."
	default:
		l.Empty = "All is decided under this post."
	}
	return l
}

// item makes a comment.
func (a Area) item(r *http.Request, ref desk.Ref, series digest.Series, p reading.Page, i reading.Item) screen.ReadItem {
	one := screen.ReadItem{
		ID: i.ID, Author: author(i.Comment), When: a.when(series, i.DatedAt()), Extent: plural(i.Words, "word"), Notes: i.Notes,
		Body: i.Body, Begins: "“" + prose.Quote(i.Body, foldedLine) + "”", Depth: i.Depth, State: i.State(p.Issue.ID), OnBlog: i.URL,
		Thread: a.onComment(ref, thread(p.View, i.ID), i.ID), View: p.View.Query(),
	}
	for _, why := range i.Reasons {
		one.Reasons = append(one.Reasons, screen.ReadReason{Words: why.Words, Caution: why.IsCaution()})
	}
	if at := i.DatedAt(); !at.IsZero() {
		one.Stamp = at.UTC().Format(time.RFC3339)
	}
	if p.Issue.State == digest.Draft {
		one.Act = a.at(site.ReadDecide, ref)
	}
	if i.LongShot {
		one.Notes = append([]string{"A long shot: it is not among the best by the rules, so that you see more than what they like."}, one.Notes...)
	}
	if p.View.Search != "" || p.View.Offered {
		v := p.View.At(i.PostID)
		v.Older, v.All = true, true
		one.Post, one.PostAt = cmp.Or(i.PostTitle, i.PostURL), a.address(ref, v)
	}
	if i.Long {
		v := p.View
		v.Whole = i.ID
		one.Body, one.Whole = beginning(i.Body), a.onComment(ref, v, i.ID)
	}
	one.Marks = marks(one.Body, i.Reasons)
	if i.Parent != nil {
		one.Parent = &screen.ReadParent{ID: i.Parent.ID, Author: author(i.Parent.Comment), Begins: "“" + prose.Quote(i.Parent.Body, parentLine) + "”", Address: one.Thread, Chain: withQuery(a.address(ref, thread(p.View, i.ID)), "chain=1")}
		if i.Parent.Gone {
			one.Parent.Begins = "(removed from the blog)"
		}
	}
	if d := i.Decided; d.For(p.Issue.ID) != digest.Undecided && !i.Picked && d.By != frame.By(r) {
		one.By = fmt.Sprintf("%s %s it %s.", frame.People(r.Context()).Name(d.By), d.Decision.Did(), a.ago(r.Context(), d.At))
	}
	if i.Kept {
		one.Kept = "Kept for later, " + a.ago(r.Context(), i.Decided.At)
	}
	if i.UsedIn != 0 {
		one.Used = fmt.Sprintf("Used in issue %d", i.UsedIn)
	}
	if i.CopyOf != 0 {
		one.Copy = fmt.Sprintf("Near copy of comment %d, which is as long or longer. Open it", i.CopyOf)
	}
	if i.Copies > 0 && !slices.ContainsFunc(i.Notes, func(note string) bool { return strings.Contains(note, "near cop") }) {
		one.Copies = plural(i.Copies, "near copy")
		if i.Copies > 1 {
			one.Copies = fmt.Sprintf("%d near copies", i.Copies)
		}
	}
	one.Trim = a.trimming(ref, p.Issue.Number, i.ID)
	return one
}

func thread(v reading.View, id int64) reading.View {
	return reading.View{Thread: id, Filter: v.Filter, All: v.All, Suggested: v.Suggested}
}

func author(c digest.Comment) string { return cmp.Or(markup.Clean(c.Author), "Anonymous") }

// beginning gives the first paragraphs of a long text: some 200 words, and 1,200 bytes
// where its words are long.
func beginning(p digest.Prose) digest.Prose {
	const enough, most = 200, 1200
	words := 0
	for i := range p {
		if words += prose.Words(p[i : i+1]); words >= enough {
			p = p[:i+1]
			break
		}
	}
	text := p.Text()
	if words <= 2*enough && len(text) <= 2*most {
		return p
	}
	end := most
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return append(p.Slice(digest.Range{End: end}), digest.Para{Spans: []digest.Span{{Text: "…"}}})
}

// cautionMark is the class of a mark on which only cautions rest.
const cautionMark = "caution"

// marks are those on the words that reasons rest on, as far as they are shown.
func marks(shown digest.Prose, reasons []suggest.Reason) (all []markup.Mark) {
	end := len(shown.Text())
	for _, m := range suggest.Marks(reasons) {
		one := markup.Mark{Range: m.Range}
		if m.Caution {
			one.Class = cautionMark
		}
		if one.End <= end {
			all = append(all, one)
		}
	}
	return all
}

// filter makes the form of filters.
func (a Area) filter(ref desk.Ref, p reading.Page) screen.ReadFilter {
	v := p.View
	f := screen.ReadFilter{
		SearchAt: a.at(site.ReadScreen, desk.Ref{Number: ref.Number}), Series: ref.Series,
		Undecided: !v.All, Suggested: v.Suggested, Named: v.Named, Older: v.Older, Search: v.Search,
		Words:   options(v.Words, "any", map[int]string{50: "50 words", 150: "150 words"}),
		Replies: options(v.Replies, "any", map[int]string{1: "1 or more", 5: "5 or more"}),
	}
	switch {
	case p.Post.ID > 0:
		f.Post = strconv.FormatInt(p.Post.ID, 10)
	case v.Post == reading.NoPost:
		f.Post = "none"
	}
	switch {
	case v.Search != "":
		f.Clear, f.ClearSays = a.address(ref, v.At(p.Post.ID)), "End the search"
	case v.Thread != 0:
		back := v.At(p.Post.ID)
		back.Comment = v.Thread
		f.Clear, f.ClearSays = a.address(ref, back), "Back to the post"
	}
	return f
}

// options are the choices of a bound, the present one among them whatever it is.
func options(present int, none string, known map[int]string) []screen.Option {
	all := []screen.Option{{Value: "0", Label: none, Chosen: present == 0}}
	for _, n := range []int{1, 5, 50, 150} {
		if label, is := known[n]; is {
			all = append(all, screen.Option{Value: strconv.Itoa(n), Label: label, Chosen: n == present})
		}
	}
	if _, is := known[present]; !is && present != 0 {
		all = append(all, screen.Option{Value: strconv.Itoa(present), Label: strconv.Itoa(present), Chosen: true})
	}
	return all
}

// newsOf makes what came since the page was made.
func (a Area) newsOf(ctx context.Context, ref desk.Ref, v reading.View, seen reading.Seen, n reading.News) screen.ReadNews {
	s := screen.ReadNews{Comments: n.Comments, Show: a.address(ref, v), Seen: seen.Comment, Last: seen.Revision}
	people := frame.People(ctx)
	for _, d := range n.Done {
		s.Done = append(s.Done, fmt.Sprintf("%s %s %s.", people.Name(d.By), people.Told(d.Words), a.ago(ctx, d.At)))
		s.Last = max(s.Last, d.ID)
	}
	ask := fmt.Sprintf("is=%d&seen=%d&last=%d&n=%d", seen.IssueID, s.Seen, s.Last, n.Comments)
	if q := v.Query(); q != "" {
		ask += "&" + q
	}
	s.Ask = withQuery(a.at(site.ReadNews, ref), ask)
	return s
}

// rail makes the issue as it stands.
func (a Area) rail(r *http.Request, ref desk.Ref, p reading.Page) (screen.ReadRail, error) {
	ctx := r.Context()
	rail := screen.ReadRail{Arrange: a.at(site.ArrangeScreen, ref), Version: p.Issue.Version, Last: p.Seen.Revision, View: p.View.Query(), Most: desk.TooLargeMail / 1000}
	ref = desk.Ref{Series: ref.Series, Number: p.Issue.Number}
	rows, err := a.Desk.Rows(ctx, p.Issue)
	if err != nil {
		return rail, err
	}
	is, err := a.Desk.Outlook(ctx, ref)
	if err != nil {
		return rail, err
	}
	rail.Size, rail.Heavy = (is.Size+500)/1000, is.Size > desk.LargeMail
	rail.Extent = fmt.Sprintf("%s, %s", plural(is.Frozen.Picks, "pick"), templates.ReadingTime(is.Frozen.Minutes))
	if is.Size > 0 {
		rail.Extent += fmt.Sprintf(", %d KB of %d in the mail", rail.Size, rail.Most)
	}
	for i, row := range rows {
		rail.Rows = append(rail.Rows, a.railRow(ref, rows, i, row))
	}
	if p.Issue.State != digest.Draft {
		return rail, nil
	}
	rail.Move, rail.Undo = a.at(site.ReadMove, ref), a.at(site.ReadUndo, ref)
	_, history, err := a.Desk.History(ctx, ref, historyShown)
	if err != nil {
		return rail, err
	}
	if len(history) > 0 {
		rail.Last = history[0].ID
	}
	if last := desk.LastEdit(history); last != nil {
		rail.Undoes = frame.People(ctx).Name(last.By) + " " + last.Words
	}
	return rail, nil
}

func (a Area) railRow(ref desk.Ref, rows []desk.Row, i int, row desk.Row) screen.ReadRow {
	one := screen.ReadRow{Block: row.ID, Number: row.Number, Begins: row.Text, Problem: row.Problem}
	if row.Kind == digest.TextBlock {
		one.Begins = prose.Quote(markup.FromMarkdown(row.Text), railLine)
	}
	if row.Kind == digest.PickBlock {
		one.Begins = prose.Quote(row.Words, railLine)
		one.Address = a.onComment(ref, reading.View{Thread: row.CommentID}, row.CommentID)
	}
	if one.CanUp = i > 0; one.CanUp {
		one.Up = rows[i-1].ID
	}
	if one.CanDown = i+1 < len(rows); i+2 < len(rows) {
		one.Down = rows[i+2].ID
	}
	return one
}

// titleOf names a post.
func titleOf(p reading.Post) string {
	switch {
	case p.Title != "":
		return p.Title
	case p.ID == 0:
		return "Under a post that is not known yet"
	case !p.Dated.IsZero():
		return "Untitled, " + p.Dated.Format("2 January 2006")
	}
	return cmp.Or(p.URL, "Untitled")
}

func leftOf(p reading.Post) string { return fmt.Sprintf("%d left of %d", p.Left, p.All) }

// counted says how much of a page there is.
func counted(p reading.Page) string {
	switch {
	case p.View.Search != "" && p.FoundMore:
		return fmt.Sprintf("The best %d of more than %d", len(p.Items), p.Found)
	case p.View.Search != "":
		return fmt.Sprintf("%d found", p.Found)
	case p.View.Offered && len(p.Items) > 0:
		return fmt.Sprintf("%d of %d left", len(p.Items), p.Left)
	case p.View.Thread != 0, p.View.Offered, len(p.Posts) == 0:
		return ""
	}
	order := "in thread order"
	if p.View.Suggested {
		order = "suggested first"
	}
	return leftOf(p.Post) + ", " + order
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// when writes a moment as the series' editors have it: the year only where it is
// another.
func (a Area) when(series digest.Series, at time.Time) string {
	if at.IsZero() {
		return "no date"
	}
	zone, err := series.Location()
	if err != nil {
		zone = time.UTC
	}
	at = at.In(zone)
	if at.Year() != a.Now().In(zone).Year() {
		return at.Format("Mon 2 Jan 2006, 15:04")
	}
	return at.Format("Mon 2 Jan, 15:04")
}

// ago says how long something is past.
func (a Area) ago(ctx context.Context, at time.Time) string {
	switch past := a.Now().Sub(at); {
	case past < time.Minute:
		return "just now"
	case past < 2*time.Minute:
		return "a minute ago"
	case past < time.Hour:
		return fmt.Sprintf("%d minutes ago", int(past.Minutes()))
	case past < 2*time.Hour:
		return "an hour ago"
	case past < 24*time.Hour:
		return fmt.Sprintf("%d hours ago", int(past.Hours()))
	}
	return "on " + a.Day(ctx, at)
}

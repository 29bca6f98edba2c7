package reading

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/desk"
	"postbag/digest/suggest"
)

// Bounds of a page.
const (
	MostOnPage = 40
	// A page ends with a thread once it has so many comments.
	enoughOnPage = 30
	// wordsOnPage bounds the words of a page: some 120 KB.
	wordsOnPage = 15_000
	postsOnPage = 60
	// farthestBack bounds a chain of parents.
	farthestBack = 20
	// LongComment is how many words a comment has that is cut on a page with others.
	LongComment = 2500
	// bytesOnPage bounds the texts of a page as HTML. What comes after is cut, unless it
	// is hardly more than its beginning.
	bytesOnPage, fewBytes = 80_000, 2500
)

// Service reads.
type Service struct {
	store    Store
	desk     *desk.Desk
	clock    digest.Clock
	log      *slog.Logger
	patience time.Duration

	mu   sync.Mutex
	kept map[int64]*judged // by issue
}

// Options are what a service needs.
type Options struct {
	Store Store
	Desk  *desk.Desk
	Clock digest.Clock
	Log   *slog.Logger // nil for none
	// Patience is how long a page waits for the reasons of its comments; 0 for the
	// 40 ms that nobody notices.
	Patience time.Duration
}

// New makes a service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{store: o.Store, desk: o.Desk, clock: o.Clock, log: o.Log,
		patience: cmp.Or(o.Patience, 40*time.Millisecond), kept: map[int64]*judged{}}
}

// Page is one page of what an issue offers.
type Page struct {
	Issue  digest.Issue
	Series digest.Series
	View   View

	// Posts are those of the list that is shown, which is page Posts of MorePosts.
	Posts     []Post
	PostsPage int
	MorePosts bool
	Post      Post // the one whose comments these are
	// NextPost and PrevPost are those beside it, nil for none.
	NextPost, PrevPost *Post
	Left, All          int // under all posts of the listing, by the filters
	Open               int // by no filter

	Items []Item
	// After is the comment after which the next page begins, 0 where this is the last.
	After int64
	// Root begins the thread of which the page leaves the beginning out, else 0.
	Root int64
	// Judging tells that reasons and near copies are still being worked out.
	Judging bool
	// Found counts what a search ranked; FoundMore tells that there is more.
	Found     int
	FoundMore bool
	Notes     []string // on the query

	// Seen is what News goes by.
	Seen Seen
}

// Item is a comment as it is read.
type Item struct {
	digest.Candidate
	Depth   int               // below the comments of the page that it hangs under
	Parent  *digest.Candidate // of a reply, nil where it is not stored
	Picked  bool
	Decided digest.Decided
	// Kept tells of a comment that an earlier issue kept for later.
	Kept    bool
	UsedIn  int // the number of another issue that picked it, else 0
	Reasons []suggest.Reason
	Notes   []string
	CopyOf  int64 // the longer comment that it is a near copy of, else 0
	Copies  int   // how many on the page are near copies of it
	// LongShot tells of a suggestion from the middle of the order.
	LongShot bool
	// Long tells that the page shows only its beginning.
	Long bool
}

// State is what was decided of it for an issue.
func (i Item) State(issueID int64) digest.CommentState {
	switch {
	case i.Gone:
		return digest.CommentGone
	case i.Picked:
		return digest.CommentPicked
	case i.Decided.For(issueID) == digest.MaybeIt:
		return digest.CommentMaybe
	case i.Decided.For(issueID) == digest.SkipIt:
		return digest.CommentSkipped
	}
	return digest.CommentNew
}

// Page gives a page of what an issue offers. Nothing is stored.
func (s *Service) Page(ctx context.Context, ref desk.Ref, v View) (Page, error) {
	p, q, said, err := s.overview(ctx, ref, v)
	switch {
	case err != nil:
	case v.Search != "":
		err = s.search(ctx, &p, said)
	case v.Thread != 0:
		err = s.thread(ctx, &p, q, said)
	case v.Offered:
		err = s.offered(ctx, &p, said)
	default:
		err = s.post(ctx, &p, q, said)
	}
	return p, err
}

// Overview gives a page without its comments.
func (s *Service) Overview(ctx context.Context, ref desk.Ref, v View) (Page, error) {
	p, _, _, err := s.overview(ctx, ref, v)
	return p, err
}

func (s *Service) overview(ctx context.Context, ref desk.Ref, v View) (p Page, q Query, said map[int64]suggest.Suggestion, err error) {
	p.View = v
	if p.Issue, p.Series, err = s.desk.Issue(ctx, ref); err != nil {
		return p, q, nil, err
	}
	if q, err = s.query(ctx, p.Issue, v); err != nil {
		return p, q, nil, err
	}
	seen := Seen{IssueID: p.Issue.ID}
	newestPost := int64(0)
	if seen.Comment, newestPost, seen.Revision, err = s.store.Newest(ctx, p.Issue.ID); err != nil {
		return p, q, nil, err
	}
	p.Seen = seen
	posts, err := s.store.ReadingPosts(ctx, q)
	if err != nil {
		return p, q, nil, err
	}
	of := fingerprint{post: newestPost}
	for _, post := range posts {
		p.Left, p.All, p.Open = p.Left+post.Left, p.All+post.All, p.Open+post.Open
		of.offered, of.newest = of.offered+post.Offered, max(of.newest, post.Newest)
		if post.Changed.After(of.changed) {
			of.changed = post.Changed
		}
	}
	if !v.Older {
		if of.tuning, err = s.desk.Tuning(ctx, p.Issue); err != nil {
			return p, q, nil, err
		}
		var done bool
		said, done = s.judgement(ctx, p.Issue, of)
		p.Judging = !done
	}
	p.choosePost(posts)
	p.listPosts(posts)
	return p, q, said, nil
}

// query is what the store is asked for a view of an issue.
func (s *Service) query(ctx context.Context, issue digest.Issue, v View) (q Query, err error) {
	q.Filter = v.Filter
	if v.Older {
		q.SeriesID, q.IssueID = issue.SeriesID, issue.ID
		// One more than is shown tells whether there is another page.
		q.Posts, q.From = postsOnPage+1, (max(v.Posts, 1)-1)*postsOnPage
		return q, nil
	}
	q.CandidateQuery, err = s.desk.Window(ctx, issue)
	return q, err
}

// choosePost settles which post is read: the one asked for, else the first with
// something left, else the first.
func (p *Page) choosePost(posts []Post) {
	wanted := p.View.Post
	at := slices.IndexFunc(posts, func(post Post) bool { return post.ID == wanted || post.ID == 0 && wanted == NoPost })
	if wanted == 0 || at < 0 && !p.View.Older {
		at = slices.IndexFunc(posts, func(post Post) bool { return post.Left > 0 })
		if at < 0 {
			at = slices.IndexFunc(posts, func(post Post) bool { return post.All > 0 })
		}
	}
	if at >= 0 {
		p.Post = posts[at]
	} else if wanted > 0 {
		p.Post.ID = wanted
	}
	if at < 0 {
		return
	}
	reads := func(post Post) bool { return post.Left > 0 || p.View.All && post.All > 0 }
	if i := slices.IndexFunc(posts[at+1:], reads); i >= 0 {
		p.NextPost = &posts[at+1+i]
	}
	for i := at - 1; i >= 0 && p.PrevPost == nil; i-- {
		if reads(posts[i]) {
			p.PrevPost = &posts[i]
		}
	}
}

// listPosts chooses the page of the list of posts.
func (p *Page) listPosts(posts []Post) {
	p.PostsPage = max(1, p.View.Posts)
	if p.View.Older {
		p.MorePosts = len(posts) > postsOnPage
		p.Posts = posts[:min(len(posts), postsOnPage)]
	} else {
		posts = slices.DeleteFunc(slices.Clone(posts), func(post Post) bool { return post.All == 0 && post.ID != p.Post.ID })
		if p.View.Posts == 0 {
			p.PostsPage = 1 + max(0, slices.IndexFunc(posts, func(post Post) bool { return post.ID == p.Post.ID }))/postsOnPage
		}
		from := min((p.PostsPage-1)*postsOnPage, len(posts))
		p.MorePosts = len(posts) > from+postsOnPage
		p.Posts = posts[from:min(len(posts), from+postsOnPage)]
	}
	p.Posts = slices.DeleteFunc(slices.Clone(p.Posts), func(post Post) bool { return post.All == 0 && post.ID != p.Post.ID })
}

// post reads a page of one post's comments.
func (s *Service) post(ctx context.Context, p *Page, q Query, said map[int64]suggest.Suggestion) error {
	nodes, err := s.store.ReadingNodes(ctx, q, p.Post.ID)
	if err != nil {
		return err
	}
	order, byID := ordered(nodes)
	order = p.arrange(order, byID, said)
	from := 1 + slices.Index(order, p.View.After)
	var chosen []int64
	chosen, p.After = p.choose(order, byID, from)
	p.Items, err = s.items(ctx, p, chosen, byID, said)
	return err
}

// choose gives the comments of a page that begins at a place of an order, and the comment
// after which the next begins, 0 for none.
func (p *Page) choose(order []int64, byID map[int64]Node, from int) (chosen []int64, after int64) {
	words := 0
	for i, id := range order[from:] {
		n := byID[id]
		if !p.shows(n) {
			continue
		}
		isThread := byID[n.Parent].ID == 0
		if len(chosen) >= MostOnPage || len(chosen) >= enoughOnPage && isThread || len(chosen) > 0 && words+n.Words > wordsOnPage {
			return chosen, order[from+i-1]
		}
		chosen = append(chosen, id)
		words += min(n.Words, LongComment)
	}
	return chosen, 0
}

// shows tells whether a view lets a comment through.
func (p *Page) shows(n Node) bool { return n.Fits && (p.View.All || n.IsOpen(p.Issue.ID)) }

// AtEnd stands for what follows the last comment of a page.
const AtEnd = -1

// GoOn gives the page on which reading goes on with a view's Comment, and the comment: the
// next that the view shows where it holds that one back. Where none follows under the
// post, it is [AtEnd] if another post does, else the last before it; it is 0 where there
// is none, and where the view's comment is under another post.
func (s *Service) GoOn(ctx context.Context, ref desk.Ref, v View) (View, int64, error) {
	at := v.Comment
	v.Comment = 0
	if at == 0 || v.Search != "" || v.Thread != 0 {
		return v, at, nil
	}
	if v.Post == 0 {
		found, err := s.store.CandidatesByID(ctx, []int64{at})
		if err != nil || len(found) == 0 {
			return v, 0, err
		}
		v.Post = cmp.Or(found[0].PostID, NoPost)
	}
	p, q, said, err := s.overview(ctx, ref, v)
	if err != nil {
		return v, 0, err
	}
	nodes, err := s.store.ReadingNodes(ctx, q, p.Post.ID)
	if err != nil {
		return v, 0, err
	}
	order, byID := ordered(nodes)
	order = p.arrange(order, byID, said)
	i := slices.Index(order, at)
	if i < 0 {
		return v, 0, nil
	}
	for i < len(order) && !p.shows(byID[order[i]]) {
		i++
	}
	if i == len(order) && p.NextPost != nil {
		return v, AtEnd, nil
	}
	for i == len(order) || i >= 0 && !p.shows(byID[order[i]]) {
		i--
	}
	if i < 0 {
		return v, 0, nil
	}
	// The page that the view begins with, else the one that begins with it.
	if chosen, _ := p.choose(order, byID, 1+slices.Index(order, v.After)); !slices.Contains(chosen, order[i]) {
		v.After = 0
		if chosen, _ := p.choose(order, byID, 0); !slices.Contains(chosen, order[i]) {
			v.After = order[i-1]
		}
	}
	return v, order[i], nil
}

// ordered puts nodes into thread order.
func ordered(nodes []Node) ([]int64, map[int64]Node) {
	byID := make(map[int64]Node, len(nodes))
	bare := make([]compile.Node, len(nodes))
	for i, n := range nodes {
		byID[n.ID], bare[i] = n, n.Node
	}
	return compile.ThreadOrder(bare), byID
}

// arrange puts near copies behind the longest of them, and what is suggested first if
// that is asked for.
func (p *Page) arrange(order []int64, byID map[int64]Node, said map[int64]suggest.Suggestion) []int64 {
	copies := map[int64][]int64{}
	var out []int64
	for _, id := range order {
		of := said[id].NearCopyOf
		if _, isHere := byID[of]; isHere && of != id {
			copies[of] = append(copies[of], id)
			continue
		}
		out = append(out, id)
	}
	if p.View.Suggested {
		place := func(id int64) int {
			return cmp.Or(said[id].Place, math.MaxInt) // what has none comes last
		}
		slices.SortStableFunc(out, func(a, b int64) int { return cmp.Compare(place(a), place(b)) })
	}
	if len(copies) == 0 {
		return out
	}
	all := make([]int64, 0, len(order))
	for _, id := range out {
		all = append(append(all, id), copies[id]...)
	}
	return all
}

// items reads comments with all that is said of them.
func (s *Service) items(ctx context.Context, p *Page, ids []int64, nodes map[int64]Node, said map[int64]suggest.Suggestion) ([]Item, error) {
	found, err := s.store.CandidatesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	return s.about(ctx, p, found, nodes, said)
}

func (s *Service) about(ctx context.Context, p *Page, found []digest.Candidate, nodes map[int64]Node, said map[int64]suggest.Suggestion) ([]Item, error) {
	ids, at := make([]int64, len(found)), make(map[int64]int, len(found))
	var elsewhere []int64
	for i, c := range found {
		ids[i], at[c.ID] = c.ID, i
	}
	for _, c := range found {
		if _, isHere := at[c.ParentID]; c.ParentID != 0 && !isHere {
			elsewhere = append(elsewhere, c.ParentID)
		}
	}
	used, err := s.desk.UsedBefore(ctx, p.Issue, ids)
	if err != nil {
		return nil, err
	}
	decided, err := s.desk.Decisions(ctx, p.Issue, ids)
	if err != nil {
		return nil, err
	}
	parents, err := s.store.CandidatesByID(ctx, elsewhere)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(found))
	bytes := 0
	for _, c := range found {
		if c.ID == p.View.Whole {
			bytes += weight(c.Body)
		}
	}
	for i, c := range found {
		_, isPicked := p.Issue.PickOf(c.ID)
		one := said[c.ID]
		items[i] = Item{Candidate: c, Picked: isPicked, Decided: decided[c.ID], UsedIn: used[c.ID],
			Reasons: one.Reasons, Notes: one.Notes, CopyOf: one.NearCopyOf, Long: c.Words > LongComment && p.View.Whole != c.ID}
		if w := weight(c.Body); p.View.Whole != c.ID && !items[i].Long && w > fewBytes {
			if items[i].Long = bytes+w > bytesOnPage; !items[i].Long {
				bytes += w
			}
		}
		items[i].Kept = items[i].Decided.Decision == digest.MaybeIt && items[i].Decided.For(p.Issue.ID) == digest.Undecided
		items[i].Parent = parentOf(c, found, at, parents)
		items[i].Depth = depth(nodes, c.ID)
	}
	for _, i := range items {
		if of, isHere := at[i.CopyOf]; isHere {
			items[of].Copies++
		}
	}
	return items, nil
}

// weight is how many bytes of HTML a text takes, roughly.
func weight(p digest.Prose) int {
	const escaped, para = 4, 10 // more bytes for each of those that HTML escapes, and for a paragraph
	text := p.Text()
	n := len(text) + para*len(p)
	for i := range len(text) {
		if strings.IndexByte("<>&\"'", text[i]) >= 0 {
			n += escaped
		}
	}
	return n
}

func parentOf(c digest.Candidate, found []digest.Candidate, at map[int64]int, others []digest.Candidate) *digest.Candidate {
	if i, isHere := at[c.ParentID]; isHere {
		return &found[i]
	}
	if i := slices.IndexFunc(others, func(o digest.Candidate) bool { return o.ID == c.ParentID }); i >= 0 && c.ParentID != 0 {
		return &others[i]
	}
	return nil
}

// depth is how deep a comment stands below others of its post, counted as far as a
// page indents.
func depth(nodes map[int64]Node, id int64) int {
	const most = 4
	n := 0
	for ; n < most; n++ {
		parent, known := nodes[nodes[id].Parent]
		if !known || parent.Post != nodes[id].Post {
			break
		}
		id = parent.ID
	}
	return n
}

// search reads what a query finds among all that was ever stored.
func (s *Service) search(ctx context.Context, p *Page, said map[int64]suggest.Suggestion) error {
	found, err := s.desk.SearchComments(ctx, p.View.Search, digest.SearchFilter{Limit: MostOnPage})
	if err != nil {
		return err
	}
	p.Found, p.FoundMore, p.Notes = found.Ranked, found.HasMore, found.Notes
	ids := make([]int64, len(found.All))
	for i, c := range found.All {
		ids[i] = c.ID
	}
	p.Items, err = s.items(ctx, p, ids, nil, said)
	return err
}

// OfferedCount is how many suggestions a page offers.
const OfferedCount = 20

// offered reads what is suggested for the issue, the best first, of what is left. There is
// nothing while that is still being worked out.
func (s *Service) offered(ctx context.Context, p *Page, said map[int64]suggest.Suggestion) error {
	all := make([]suggest.Suggestion, 0, len(said))
	for _, id := range slices.Sorted(maps.Keys(said)) {
		all = append(all, said[id])
	}
	chosen, err := s.desk.Choose(ctx, p.Issue, all, OfferedCount, suggest.Top)
	if err != nil {
		return err
	}
	ids, far := make([]int64, len(chosen)), map[int64]bool{}
	for i, one := range chosen {
		ids[i] = one.CommentID
		far[one.CommentID] = one.LongShot
	}
	p.Items, err = s.items(ctx, p, ids, nil, said)
	for i := range p.Items {
		p.Items[i].LongShot = far[p.Items[i].ID]
	}
	return err
}

// thread reads a comment with those that it answers and those that answer it.
func (s *Service) thread(ctx context.Context, p *Page, q Query, said map[int64]suggest.Suggestion) error {
	found, err := s.store.CandidatesByID(ctx, []int64{p.View.Thread})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return digest.Fail(digest.NotFound, "", "there is no comment %d", p.View.Thread).Offer(digest.Act{Do: digest.ListComments})
	}
	whole := Query{CandidateQuery: desk.CandidateQuery{SeriesID: q.SeriesID, IssueID: q.IssueID}}
	nodes, err := s.store.ReadingNodes(ctx, whole, found[0].PostID)
	if err != nil {
		return err
	}
	order, byID := ordered(nodes)
	root := p.View.Thread
	for range farthestBack {
		parent, known := byID[byID[root].Parent]
		if !known {
			break
		}
		root = parent.ID
	}
	from := slices.Index(order, root)
	if from < 0 { // it is gone, or of another series
		p.Items, err = s.items(ctx, p, []int64{p.View.Thread}, nil, said)
		return err
	}
	to := from + 1
	for to < len(order) && byID[byID[order[to]].Parent].ID != 0 {
		to++
	}
	if p.View.After != 0 {
		from = max(from, 1+slices.Index(order[:to], p.View.After))
	} else if at := slices.Index(order, p.View.Thread); at-from >= MostOnPage {
		from, p.Root = at, root // what it answers stands above each comment, too
	}
	if to-from > MostOnPage {
		to = from + MostOnPage
		p.After = order[to-1]
	}
	p.Post = Post{ID: found[0].PostID, Title: found[0].PostTitle, URL: found[0].PostURL, Dated: found[0].PostPublished}
	p.Items, err = s.items(ctx, p, order[from:to], byID, said)
	return err
}

// Item reads one comment as a page of an issue shows it.
func (s *Service) Item(ctx context.Context, ref desk.Ref, id int64) (Item, error) {
	issue, _, err := s.desk.Issue(ctx, ref)
	if err != nil {
		return Item{}, err
	}
	s.mu.Lock()
	var said map[int64]suggest.Suggestion
	if j := s.kept[issue.ID]; j != nil {
		said = j.said
	}
	s.mu.Unlock()
	items, err := s.items(ctx, &Page{Issue: issue}, []int64{id}, nil, said)
	if err == nil && len(items) == 0 {
		err = digest.Fail(digest.NotFound, "", "there is no comment %d", id).Offer(digest.Act{Do: digest.ListComments})
	}
	if err != nil {
		return Item{}, err
	}
	return items[0], nil
}

// Chain gives what a comment answers, from the beginning, as far back as twenty.
func (s *Service) Chain(ctx context.Context, id int64) (chain []digest.Candidate, err error) {
	for range farthestBack {
		found, err := s.store.CandidatesByID(ctx, []int64{id})
		if err != nil {
			return nil, err
		}
		if len(found) == 0 || slices.ContainsFunc(chain, func(c digest.Candidate) bool { return c.ID == found[0].ID }) {
			break
		}
		chain = append(chain, found[0])
		if id = found[0].ParentID; id == 0 {
			break
		}
	}
	if len(chain) == 0 {
		return nil, digest.Fail(digest.NotFound, "", "there is no comment %d", id).Offer(digest.Act{Do: digest.ListComments})
	}
	slices.Reverse(chain)
	return chain[:len(chain)-1], nil
}

// KeysOff tells whether an editor has switched single keys off, and SetKeys switches
// them.
func (s *Service) KeysOff(ctx context.Context, e digest.Editor) (bool, error) {
	return s.store.KeysOff(ctx, e.Email)
}

// SetKeys switches an editor's single keys on or off.
func (s *Service) SetKeys(ctx context.Context, e digest.Editor, on bool) error {
	return s.store.SetKeys(ctx, e.Email, on)
}

// News tells what came since somebody looked.
func (s *Service) News(ctx context.Context, seen Seen) (News, error) { return s.store.News(ctx, seen) }

// Place gives where an editor reads a series; "" for the beginning.
func (s *Service) Place(ctx context.Context, e digest.Editor, slug string) (string, error) {
	series, err := s.desk.Series(ctx, slug)
	if err != nil {
		return "", err
	}
	return s.store.Place(ctx, e.Email, series.ID)
}

// Pass keeps, as somebody is about to decide of a comment, that they had it before their
// eyes, and what is undecided above it under its post as they read it: they went past
// that. Suggestions learn from it. What a search found or the rules offered, a single
// thread, and what is older than the window tell nothing of what else was read.
func (s *Service) Pass(ctx context.Context, ref desk.Ref, v View, comment int64) error {
	p, q, said, err := s.overview(ctx, ref, v)
	if err != nil || p.Issue.State != digest.Draft {
		return err
	}
	passed := []int64{comment}
	if v.Search == "" && v.Thread == 0 && !v.Offered && !v.Older {
		nodes, err := s.store.ReadingNodes(ctx, q, p.Post.ID)
		if err != nil {
			return err
		}
		order, byID := ordered(nodes)
		order = p.arrange(order, byID, said)
		for _, id := range order[:max(0, slices.Index(order, comment))] {
			if n := byID[id]; n.Fits && n.IsOpen(p.Issue.ID) {
				passed = append(passed, id)
			}
		}
	}
	return s.store.SaveShown(ctx, p.Issue.ID, passed)
}

// SavePlace keeps where an editor reads a series, so that they come back there; it
// writes only where that is another place.
func (s *Service) SavePlace(ctx context.Context, e digest.Editor, slug string, v View) error {
	series, err := s.desk.Series(ctx, slug)
	if err != nil {
		return err
	}
	place, err := s.store.Place(ctx, e.Email, series.ID)
	if err != nil || place == v.Query() {
		return err
	}
	return s.store.SavePlace(ctx, e.Email, series.ID, v.Query())
}

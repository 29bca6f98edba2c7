package dump_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/dump"
)

// TestExports reads an export of every format that is no XML. A post is written as
//
//	id | address | author | published | title: text
//
// and a comment as
//
//	id | key | address | post | parent | parent's key | author | address of the author | published: text
func TestExports(t *testing.T) {
	const (
		spores = "https://ferns.test/spores/"
		bob    = "https://bells.test/changes/plain-bob/"
		light  = "https://moth.test/traps/light/"
		kiln   = "https://kiln.test/glaze-and-fire/"
		leeks  = "http://coldframe.test/2009/11/lifting-leeks.html"
		uuid   = "0b8f6c1e-2a44-4f5e-9a10-7d1c2b3a4e"
	)
	for _, tt := range []struct {
		file, home string
		head       dump.Head
		posts      []string
		comments   []string
		left       string
	}{
		{"remark42.json", "", dump.Head{Format: dump.RemarkBackup, Platform: digest.Remark42},
			[]string{spores + " | " + spores + " |  | 2026-03-05T18:10:00Z | Spores: ", "https://ferns.test/fronds/ | https://ferns.test/fronds/ |  | 2026-03-05T18:30:00Z | Fronds & crowns: "},
			[]string{
				"0a1e | comment-0a1e | " + spores + "#remark42__comment-0a1e | " + spores + " |  |  | Ada |  | 2026-03-05T18:10:00Z: Sow them on peat.",
				"0b2f | comment-0b2f | " + spores + "?utm_source=mail#remark42__comment-0b2f | " + spores + " | 0a1e | comment-0a1e | Nils |  | 2026-03-05T18:20:00Z: Under glass?",
				"0c3a | comment-0c3a | " + spores + "#remark42__comment-0c3a | " + spores + " |  |  | deleted |  | 2026-03-05T18:30:00Z: gone, it was deleted on Remark42",
				"0d4b | comment-0d4b | https://ferns.test/fronds/#remark42__comment-0d4b | https://ferns.test/fronds/ | 0c3a | comment-0c3a | Anonymous |  | 2026-03-05T18:30:00Z: What did it say?"}, ""},
		{"commento.json", "", dump.Head{Format: dump.CommentoJSON, Platform: digest.Comentario},
			[]string{bob + " | " + bob + " |  | 2021-04-01T10:00:00Z | : "},
			[]string{
				"aa01 | commento-aa01 | " + bob + "#commento-aa01 | " + bob + " |  |  | Treble | https://treble.example | 2021-04-01T10:00:00Z: Count the handstrokes.\nAlways.",
				"aa02 | commento-aa02 | " + bob + "#commento-aa02 | " + bob + " | aa01 | commento-aa01 | Anonymous |  | 2021-04-01T11:00:00Z: Why?",
				"aa03 | commento-aa03 | " + bob + "#commento-aa03 | " + bob + " |  |  | Treble | https://treble.example | 2021-04-01T12:00:00Z: gone, it was deleted there"},
			"1 spam comment, 1 comment that is not approved"},
		{"comentario.json", "https://bells.test/", dump.Head{Format: dump.ComentarioJSON, Platform: digest.Comentario},
			[]string{"https://bells.test/changes/grandsire/ | https://bells.test/changes/grandsire/ |  | 2024-05-01T08:00:00Z | Grandsire: "},
			[]string{
				uuid + "5f | comentario-" + uuid + "5f | https://bells.test/changes/grandsire/#comentario-" + uuid + "5f | https://bells.test/changes/grandsire/ |  |  | Treble | https://treble.example/ | 2024-05-02T08:00:00Z: Mind the thirds.",
				uuid + "60 | comentario-" + uuid + "60 | https://bells.test/changes/grandsire/#comentario-" + uuid + "60 | https://bells.test/changes/grandsire/ | " + uuid + "5f | comentario-" + uuid + "5f | Tenor |  | 2024-05-01T08:00:00Z: Which?",
				uuid + "61 | comentario-" + uuid + "61 | https://bells.test/changes/grandsire/#comentario-" + uuid + "61 | https://bells.test/changes/grandsire/ |  |  | Anonymous |  | 2024-05-03T08:00:00Z: gone, it was deleted there"},
			"1 comment that is not approved"},
		{"isso-threads.json", "https://moth.test", dump.Head{Format: dump.IssoJSON, Platform: digest.Isso},
			[]string{light + " | " + light + " |  | 2018-11-02T21:00:00Z | Light traps: ", "https://moth.test/traps/sugar/ | https://moth.test/traps/sugar/ |  | 2018-12-02T21:00:00Z | Sugaring: "},
			[]string{
				"isso:/traps/light/#1 |  |  | " + light + " |  |  | Vera | https://vera.test/ | 2018-11-02T21:00:00Z: A mercury lamp.",
				"isso:/traps/light/#2 |  |  | " + light + " |  |  | Anonymous |  | 2018-11-02T21:00:00Z: Or actinic?",
				"isso:/traps/sugar/#1 |  |  | https://moth.test/traps/sugar/ |  |  | Vera |  | 2018-12-02T21:00:00Z: Black treacle."}, ""},
		{"isso-rows.json", "https://moth.test", dump.Head{Format: dump.IssoRows, Platform: digest.Isso},
			[]string{light + " | " + light + " |  | 2018-11-02T21:00:00Z | Light traps: "},
			[]string{
				"isso:8 | isso-8 | " + light + "#isso-8 | " + light + " |  |  | Vera | https://vera.test/ | 2018-11-02T21:00:00Z: A mercury lamp.",
				"isso:9 | isso-9 | " + light + "#isso-9 | " + light + " | isso:8 | isso-8 | Anonymous |  | 2018-11-02T22:00:00Z: Or actinic?",
				"isso:10 | isso-10 | " + light + "#isso-10 | " + light + " |  |  | Anonymous |  | 2018-11-02T22:00:00Z: gone, it was deleted on the blog"},
			"1 comment that is not approved"},
		{"ghost.json", "https://kiln.test/", dump.Head{Format: dump.GhostJSON, Platform: digest.Ghost, Title: "Kiln Notes", Language: "en"},
			[]string{"66500c1fa3 | " + kiln + " | Fen | 2024-05-24T04:00:00Z | Glaze & fire: At cone ten."},
			[]string{
				"ghost-comment:c1 |  | " + kiln + "#ghost-comments-c1 | 66500c1fa3 |  |  | Ola |  | 2024-05-26T10:00:00Z: Mine ran.",
				"ghost-comment:c2 |  | " + kiln + "#ghost-comments-c2 | 66500c1fa3 | ghost-comment:c1 |  | Anonymous |  | 2024-05-24T04:00:00Z: Too thick?",
				"ghost-comment:c3 |  | " + kiln + "#ghost-comments-c3 | 66500c1fa3 | ghost-comment:c2 |  | Ola |  | 2024-05-26T12:00:00Z: gone, it was deleted on the blog"},
			"1 comment that is not approved, 1 comment under what is no published post, 1 page, 1 draft, 1 post for members only"},
		{"movabletype.txt", "", dump.Head{Format: dump.MovableTypeText, Platform: digest.MovableType},
			[]string{leeks + " | " + leeks + " | Gwen | 2009-11-05T20:05:00Z | Lifting leeks: They came up clean.\nTwelve of them.\n\nNo rust.\n\nThe rest stay in.",
				"movabletype:frames |  | Gwen | 2009-12-03T20:05:00Z | Frames: Two lights, one hinge."},
			[]string{
				"hash |  |  | " + leeks + " |  |  | Idris | http://idris.test/ | 2009-11-06T07:10:00Z: Mine have rust.\nAll of them.\n\nDATE: is not a field here.",
				"hash |  |  | " + leeks + " |  |  | Anonymous |  | 2009-11-05T20:05:00Z: Ash them."},
			"1 notice of a link, 1 draft, 1 comment under what is no published post"},
		{"list.mbox", "", dump.Head{Format: dump.MailArchive, Platform: digest.Generic, Title: "Knots and splices", HomeURL: "https://lists.knots.test/archives/knots/"},
			[]string{"m1@knots.example | https://lists.knots.test/archives/knots/m1/ | Ann Reef | 2026-03-02T09:00:00Z | Which bend holds in wet rope?: " +
				"Mine slips as soon as it is wet, and the rope is new enough that I would rather not cut it. What would you tie?\n\nFrom the pier it looks fine.",
				"lost@knots.example |  |  | 2026-03-02T12:00:00Z | Whipping: "},
			[]string{
				"m2@knots.example |  |  | m1@knots.example |  |  | Tar, J. |  | 2026-03-02T10:00:00Z: On Mon, 2 Mar 2026, Ann Reef\nwrote:\n\n" +
					"Mine slips as soon as it is wet, and the rope is new enough that I would rather not cut it.\n\nWho said so?\n\nThe zeppelin bend, na\u00efvely.",
				"m3@knots.example |  |  | m1@knots.example | m2@knots.example |  | Hemp |  | 2026-03-02T12:00:00Z: A bend that is tied quickly is one that holds.\n\nThe zeppelin bend.",
				"m4@knots.example |  |  | lost@knots.example |  |  | J\u00f6rg |  | 2026-03-02T12:00:00Z: Gru\u00dfe aus K\u00f6ln",
				"m6@knots.example |  |  | m1@knots.example |  |  | z |  | 2026-03-02T14:00:00Z: Short: the zeppelin."},
			"1 message that asks not to be kept"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			body := fixture(t, tt.file)
			for name, got := range map[string]whole{"whole": readWhole(t, strings.NewReader(body), tt.home), "byte by byte": readWhole(t, byByte(body), tt.home)} {
				want := tt.head
				want.HomeURL = cmp.Or(tt.home, want.HomeURL)
				equal(t, name+": head", got.head, want)
				equal(t, name+": posts", strings.Join(got.postLines(), "\n"), strings.Join(tt.posts, "\n"))
				equal(t, name+": comments", strings.Join(got.commentLines(), "\n"), strings.Join(tt.comments, "\n"))
				equal(t, name+": left out", got.left(), tt.left)
				if all := fmt.Sprint(got.posts, got.comments); strings.Contains(all, "secret.example") || strings.Contains(all, "203.0.113") {
					t.Errorf("%s: an e-mail or IP address was read: %s", name, all)
				}
			}
		})
	}
}

func when(at interface {
	IsZero() bool
	Format(string) string
}) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format("2006-01-02T15:04:05Z07:00")
}

func (w whole) postLines() (all []string) {
	for _, p := range w.posts {
		all = append(all, fmt.Sprintf("%s | %s | %s | %s | %s: %s", p.ID, p.URL, p.Author, when(p.Published), p.Title, textOf(p.Body)))
	}
	return all
}

func (w whole) commentLines() (all []string) {
	for _, c := range w.comments {
		words := textOf(c.Body)
		if c.Gone {
			words = "gone, " + c.GoneReason + c.Body.HTML
		}
		id, _, _ := strings.Cut(c.ID, "hash:")
		if id == "" {
			id = "hash"
		}
		all = append(all, fmt.Sprintf("%s | %s | %s | %s | %s | %s | %s | %s | %s: %s", id, c.Key, c.URL, c.PostRef, c.ParentRef, c.ParentKey, c.Author, c.AuthorURI, when(c.Published), words))
	}
	return all
}

// TestDamagedExports refuses what is broken with one clear error. What is looked through
// first is refused whole.
func TestDamagedExports(t *testing.T) {
	for _, tt := range []struct{ file, words string }{
		{"commento.json", "ends in the middle"}, {"comentario.json", "ends in the middle"}, {"ghost.json", "ends in the middle"},
		{"isso-threads.json", "ends in the middle"}, {"isso-rows.json", "ends in the middle, after isso:9"}, {"remark42.json", "ends in the middle, after 0b2f"},
		{"movabletype.txt", "ends in the middle"},
	} {
		body := fixture(t, tt.file)
		cut := body[:strings.LastIndex(body[:len(body)*3/5], " ")]
		got, err := read(t, strings.NewReader(cut), "https://blog.test/")
		wantInvalid(t, tt.file+" cut off", err, tt.words, "again")
		if first := strings.Contains(tt.words, "after") || tt.file == "movabletype.txt"; first != (len(got.posts)+len(got.comments) > 0) {
			t.Errorf("%s: %d posts and %d comments of a file that is cut off", tt.file, len(got.posts), len(got.comments))
		}
	}
	for name, tt := range map[string]struct{ body, words string }{
		"a stray bracket":    {strings.Replace(fixture(t, "commento.json"), `"commenters": [`, `"commenters": ]`, 1), "not well-formed JSON"},
		"a stray brace":      {strings.Replace(fixture(t, "remark42.json"), `{"id": "0b2f"`, `}"id": "0b2f"`, 1), "not well-formed JSON after 0a1e"},
		"a value of nothing": {strings.Replace(fixture(t, "ghost.json"), `"edited_at": null`, `"edited_at": nul`, 1), "not well-formed JSON"},
		"nesting":            {`{"version":1,"comments":[{"markdown":` + strings.Repeat("[", 600), "500 deep"},
		"a page of errors":   {strings.Replace(fixture(t, "ghost.json"), `"posts_authors"`, "<html>", 1), "not well-formed JSON"},
	} {
		_, err := read(t, strings.NewReader(tt.body), "https://blog.test/")
		wantInvalid(t, name, err, tt.words)
	}
	for _, file := range []string{"ghost.json", "list.mbox", "remark42.json", "disqus.xml"} {
		body := packed(t, strings.Repeat(fixture(t, file), 3))
		for at := len(body) / 2; at < len(body)/2+20; at++ {
			body[at] ^= 0x55
		}
		_, err := read(t, bytes.NewReader(body), "https://blog.test/")
		wantInvalid(t, file+" badly packed", err)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := dump.Open(ctx, strings.NewReader(fixture(t, file))); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v after the context has ended", file, err)
		}
	}
}

// packed is a text as gzip packs it.
func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOverlongValues leaves out what is longer than an entry may be, without holding it, and
// reads what stands beside it.
func TestOverlongValues(t *testing.T) {
	long := strings.Repeat("long words ", 150_000)
	for _, tt := range []struct{ file, short, left string }{
		{"remark42.json", "Under glass?", "1 comment of more than 1 MB"}, {"commento.json", "Why?", "1 comment of more than 1 MB"},
		{"isso-rows.json", "Or actinic?", "1 comment of more than 1 MB"}, {"isso-threads.json", "Or actinic?", "1 comment of more than 1 MB"},
		{"ghost.json", "Too thick?", "1 comment of more than 1 MB"}, {"ghost.json", "At <a", "1 post of more than 1 MB"},
		{"movabletype.txt", "Mine have rust.", "1 comment of more than 1 MB"}, {"movabletype.txt", "No rust.", "1 post of more than 1 MB"},
		{"list.mbox", "The zeppelin bend, na", "1 comment of more than 1 MB"},
	} {
		body := fixture(t, tt.file)
		whole := readWhole(t, strings.NewReader(body), "https://blog.test/")
		got := readWhole(t, strings.NewReader(strings.Replace(body, tt.short, long+tt.short, 1)), "https://blog.test/")
		if !strings.Contains(got.left(), tt.left) {
			t.Errorf("%s: left out are %s, want %s", tt.file, got.left(), tt.left)
		}
		if n := len(whole.comments) + len(whole.posts) - len(got.comments) - len(got.posts); n != 1 {
			t.Errorf("%s: %d entries are missing, want 1", tt.file, n)
		}
	}
}

// TestMarkdownWithoutEnd keeps a text that nests without end from taking time without end.
func TestMarkdownWithoutEnd(t *testing.T) {
	for _, piece := range []string{">", "[", "*a_", "- ", "`", "![[", "<a ", "~~*"} {
		row, err := json.Marshal(strings.Repeat(piece, (16<<10)/len(piece)))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		got := readWhole(t, strings.NewReader(`[{"tid":1,"id":1,"uri":"/a/","mode":1,"text":`+string(row)+`}]`), "https://blog.test/")
		equal(t, "comments", len(got.comments), 1)
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%q took %v", piece, took)
		}
	}
}

// TestCirclesOfMails gives messages that answer each other, or themselves, once each.
func TestCirclesOfMails(t *testing.T) {
	mail := func(id, up string) string {
		return "From x Mon Mar  2 10:00:00 2026\nMessage-ID: <" + id + ">\nIn-Reply-To: <" + up + ">\nFrom: Ann <a@secret.example>\nSubject: Re: knots\n\nWords of " + id + ".\n\n"
	}
	got := readWhole(t, strings.NewReader(mail("a", "c")+mail("b", "a")+mail("c", "b")+mail("d", "d")+mail("e", "b")), "")
	seen := map[string]int{}
	for _, p := range got.posts {
		seen[p.ID]++
	}
	for _, c := range got.comments {
		seen[c.ID]++
		if c.ParentRef == c.ID || c.PostRef == c.ID {
			t.Errorf("%s answers itself", c.ID)
		}
	}
	for _, id := range strings.Split("a b c d e", " ") {
		equal(t, "entries of "+id, seen[id], 1)
	}
}

// TestMailsInAnyOrder ties answers to what they answer, wherever it stands.
func TestMailsInAnyOrder(t *testing.T) {
	const from = "From x Mon Mar  2 10:00:00 2026\n"
	body := fixture(t, "list.mbox")
	parts := strings.SplitAfter(body, "\n\nFrom ")
	slices.Reverse(parts)
	var mixed strings.Builder
	for _, p := range parts {
		p = strings.TrimSuffix(p, "From ")
		if !strings.HasPrefix(p, "From ") {
			p = "From " + p
		}
		mixed.WriteString(p + "\n\n")
	}
	got := readWhole(t, strings.NewReader(mixed.String()), "")
	equal(t, "posts", len(got.posts), 2)
	equal(t, "the thread of an answer to an answer", got.comment(t, "m3@knots.example").PostRef, "m1@knots.example")
	equal(t, "of one that names nothing", got.comment(t, "m6@knots.example").PostRef, "m1@knots.example")
	many := strings.Repeat(from+"Subject: [knots] one\n\nWords.\n\n", 2) + from + "Subject: Re: [knots] Re: two\n\nMore.\n\n"
	titles := ""
	for _, p := range readWhole(t, strings.NewReader(many), "").posts {
		titles += p.Title + ";"
	}
	equal(t, "titles without the list's name", titles, "one;one;two;")
}

// TestFormsOfExports reads what other versions and other programs write.
func TestFormsOfExports(t *testing.T) {
	for name, tt := range map[string]struct {
		body, home string
		format     dump.Format
		posts      string
		comments   string
	}{
		"Remark42, without what stands above": {`{"id":"a","pid":"","text":"<p>x</p>","user":{"name":"Ada"},"locator":{"site":"s","url":"https://ferns.test/"},"time":"2017-12-20T15:18:22-06:00"}`, "", dump.RemarkBackup,
			"https://ferns.test/ | https://ferns.test/ |  | 2017-12-20T21:18:22Z | : ", "a | comment-a | https://ferns.test/#remark42__comment-a | https://ferns.test/ |  |  | Ada |  | 2017-12-20T21:18:22Z: x"},
		"Remark42, of an early version": {`{"version":1} {"id":"a","text":"x","locator":{"url":"https://ferns.test/a"},"time":"2017-12-20T15:18:22Z"}` + "\n{}", "", dump.RemarkBackup,
			"https://ferns.test/a | https://ferns.test/a |  | 2017-12-20T15:18:22Z | : ", "a | comment-a | https://ferns.test/a#remark42__comment-a | https://ferns.test/a |  |  | Anonymous |  | 2017-12-20T15:18:22Z: x"},
		"Ghost, of an early version": {`{"meta":{"exported_on":1408552443891,"version":"003"},"data":{"posts":[{"id":5,"title":"Hello","slug":"hello","markdown":"So *it* is.","html":null,"page":0,"status":"published",` +
			`"author_id":1,"published_at":1408500000000},{"id":6,"title":"About","slug":"about","html":"<p>x</p>","page":1,"status":"published"}],"users":[{"id":1,"name":"Fen"}],` +
			`"settings":[{"key":"permalinks","value":"/:year/:month/:slug/"},{"key":"title","value":"Kiln"}]}}`, "https://kiln.test/", dump.GhostJSON,
			"5 | https://kiln.test/2014/08/hello/ | Fen | 2014-08-20T02:00:00Z | Hello: So it is.", ""},
		"Commento, without writers": {`{"version":1,"comments":[{"commentHex":"a","domain":"bells.test:8080","url":"/x/?b=1","commenterHex":"anonymous","markdown":"x","parentHex":"root","state":"approved","creationDate":"2021-04-01T10:00:00Z"}],"commenters":[]}`, "", dump.CommentoJSON,
			"https://bells.test:8080/x/?b=1 | https://bells.test:8080/x/?b=1 |  | 2021-04-01T10:00:00Z | : ", "a | commento-a | https://bells.test:8080/x/?b=1#commento-a | https://bells.test:8080/x/?b=1 |  |  | Anonymous |  | 2021-04-01T10:00:00Z: x"},
		"Isso, row by row": {`{"tid":1,"id":3,"uri":"https://moth.test/a/","title":"A","mode":1,"created":"1541192400","text":"x"}` + "\n" + `{"tid":1,"id":4,"uri":"https://moth.test/a/","title":"A","mode":1,"created":null,"text":"y","parent":3}`, "", dump.IssoRows,
			"https://moth.test/a/ | https://moth.test/a/ |  | 2018-11-02T21:00:00Z | A: ",
			"isso:3 | isso-3 | https://moth.test/a/#isso-3 | https://moth.test/a/ |  |  | Anonymous |  | 2018-11-02T21:00:00Z: x\nisso:4 | isso-4 | https://moth.test/a/#isso-4 | https://moth.test/a/ | isso:3 | isso-3 | Anonymous |  | 2018-11-02T21:00:00Z: y"},
		"Movable Type, as other programs write it": {"TITLE: A\nSTATUS: PUBLISH\nPRIMARY CATEGORY: \n\nCUSTOM: x\nDATE: 4/27/2002 8:57:14 am\n-----\nBODY:\n<p>One.</p>\n<p>Two.</p>\n-----\nCOMMENT: \nAUTHOR: Ann\nURL: \nDATE: 04/28/2002 20:57:14\nURL: is what I say\n\nand more\n--------\n\n\n", "", dump.MovableTypeText,
			"movabletype:hash |  |  | 2002-04-27T08:57:14Z | A: One.\n\nTwo.", "hash |  |  | movabletype:hash |  |  | Ann |  | 2002-04-28T20:57:14Z: URL: is what I say\n\nand more"},
		"Movable Type, of Windows": {"AUTHOR: G\r\nTITLE: caf\xe9\r\nDATE: 04/27/2002 08:57:14 PM\r\n-----\r\nBODY:\r\nOne.\r\nTwo.\r\n-----\r\n--------\r\n", "", dump.MovableTypeText,
			"movabletype:hash |  | G | 2002-04-27T20:57:14Z | caf\u00e9: One.\nTwo.", ""},
	} {
		got := readWhole(t, strings.NewReader(tt.body), tt.home)
		equal(t, name+": format", got.head.Format, tt.format)
		hashless := func(lines []string) string {
			return regexp.MustCompile(`movabletype:[0-9a-f]{32}`).ReplaceAllString(strings.Join(lines, "\n"), "movabletype:hash")
		}
		equal(t, name+": posts", hashless(got.postLines()), tt.posts)
		equal(t, name+": comments", hashless(got.commentLines()), tt.comments)
	}
}

// TestOneTilde: two tildes strike words out, one does not.
func TestOneTilde(t *testing.T) {
	got := readWhole(t, strings.NewReader(`[{"tid":1,"id":1,"uri":"/a/","mode":1,"text":"~5 or ~6, ~so~ ~~not~~"}]`), "https://blog.test/")
	equal(t, "text", got.comments[0].Body.HTML, "<p>~5 or ~6, ~so~ <del>not</del></p>\n")
}

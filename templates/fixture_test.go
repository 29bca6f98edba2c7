package templates_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/markup"
	"postbag/digest/prose"
	"postbag/templates"
)

var links = templates.Links{
	Base:        "https://post.example",
	Issue:       "https://post.example/issues/8",
	Archive:     "https://post.example/issues/",
	Feed:        "https://post.example/feed.atom",
	Unsubscribe: "https://post.example/unsubscribe/" + templates.TokenMark,
	Preferences: "https://post.example/preferences/" + templates.TokenMark,
	TakeDown:    "mailto:desk@post.example",
}

var site = templates.Site{
	Publication: "The Night Bus",
	Series:      "Pick of the Week",
	Language:    "en-GB",
	BlogURL:     "https://nightbus.example/",
	Base:        "https://post.example",
	Often:       "One email a week.",
	Issues:      true,
}

func at(day, hour, minute int) time.Time {
	return time.Date(2016, time.June, day, hour, minute, 0, 0, time.UTC)
}

// issue is an invented issue with everything an issue can have.
func issue() *digest.Frozen {
	rota := "https://nightbus.example/2016/06/the-new-rota.html"
	f := &digest.Frozen{
		Publication: "The Night Bus", HomeURL: "https://nightbus.example/", Language: "en-GB",
		PostalAddress: "The Night Bus\n4 Depot Lane, Harrowgate Cross", Zone: "Europe/London",
		FeedID: "tag:post.example,2016:pick-of-the-week", EntryID: "tag:post.example,2016:pick-of-the-week/8",
		SeriesSlug: "pick-of-the-week", SeriesName: "Pick of the Week", Number: 8, Title: "Pick of the Week 8",
		Preheader: "Eleven hours and one sandwich: what the new rota does to the people who drive it.",
		Date:      at(30, 17, 0),
		Intro: markup.FromMarkdown("Two days behind, since half of us were on the *replacement* for the replacement bus. " +
			"Most of what you wrote this week is about [the new rota](https://nightbus.example/rota) — and it is worth reading slowly.\n\n> No timetable survives a full moon.\n\n" +
			"Two things before you do:\n\n- the depot meeting is on Tuesday\n- nobody has to give a name"),
	}
	heading := func(s string) {
		f.Blocks = append(f.Blocks, digest.FrozenBlock{Kind: digest.HeadingBlock, Heading: s})
	}
	text := func(s string) {
		f.Blocks = append(f.Blocks, digest.FrozenBlock{Kind: digest.TextBlock, Text: markup.FromMarkdown(s)})
	}
	pick := func(q digest.Quotation, html string) {
		f.Picks++
		q.Number, q.CommentID = f.Picks, int64(100+f.Picks)
		if q.Words == nil {
			q.Words = markup.FromHTML(html, rota)
		}
		f.Words += prose.Words(q.Words)
		f.Blocks = append(f.Blocks, digest.FrozenBlock{Kind: digest.PickBlock, Pick: &q})
	}
	heading("On the rota")
	pick(digest.Quotation{Author: "Anonymous", Published: at(27, 8, 14), URL: rota + "?c=1#c1", PostTitle: "The New Rota", PostURL: rota},
		"Eleven hours on, nine off, and they call it rest. I get home at six, the bins come at seven and my youngest is up by half past. Tell me where the nine went.<br /><br />I have driven the 14 since the old garage stood. I never once fell asleep at the lights until this month. Somebody ought to write that down before somebody else has to.")
	pick(digest.Quotation{Author: "Anonymous", Published: at(27, 9, 2), URL: rota + "?c=2#c2", PostTitle: "The New Rota", PostURL: rota,
		Context: &digest.Context{Author: "Anonymous", Above: 1}},
		"Same at Quarry Street. We asked for the risk assessment and were given <i>a poster</i>.")
	ellen := "I pour the tea at four in the morning. I know who takes sugar and who has stopped. Last week three of them did not sit down at all. They stood, so as not to drop off."
	pick(digest.Quotation{Author: "Ellen from the Canteen", Published: at(27, 22, 40), URL: rota + "?c=3#c3", PostTitle: "The New Rota", PostURL: rota, Shortened: true,
		Lifted: lifted(ellen, "They stood, so as not to drop off."),
		Words:  noted(ellen, digest.Note{At: strings.Index(ellen, " did not sit"), Text: "drivers of the 14"}, 0, 38, 83, 170)}, "")
	text("The depot was asked about this. It says that the rota is “under review”, which it has been [since March](https://nightbus.example/2016/03/review.html).")
	pick(digest.Quotation{Author: "Retired, thirty-one years", Published: time.Date(2015, time.December, 3, 18, 30, 0, 0, time.UTC), PostTitle: "An Old Story, Told Again",
		Context: &digest.Context{Author: "Kestrel", Quote: "I've been laid up at home after the third double shift in a row and I do not know whether I…"}},
		"<blockquote>whether I can go back</blockquote><p>You can. But first:</p><ol><li>see your own doctor, not theirs<li>write down every shift since <b>April</b><li>ring the branch, and keep ringing</ol><p>It is not you that is ill. It is the rota.</p>")
	f.Blocks = append(f.Blocks, digest.FrozenBlock{Kind: digest.QuoteBlock, Quote: &digest.Passage{
		Words: digest.Plain("A rota is a promise made to strangers, by people who will not be there at four in the morning."),
		Title: "The Timetable & Its Makers", URL: "https://timetables.example/makers"}})
	heading("On the passengers")
	pick(digest.Quotation{Author: "Kestrel", Published: at(29, 1, 55), URL: "https://nightbus.example/2016/06/the-last-stop.html?c=9#c9", PostTitle: "The Last Stop & After", PostURL: "https://nightbus.example/2016/06/the-last-stop.html"},
		"A woman got on at Mill Road with a cello and no money. I let her on. She played from the river to the terminus, and nobody looked at a phone. <a href=\"/2016/05/things-left-behind.html\">Things get left behind</a>, but not that night.")
	pick(digest.Quotation{Author: "Signal Box", Published: at(29, 6, 30), URL: rota + "?c=10#c10", PostTitle: "The New Rota", PostURL: rota},
		"The rota is <del>fair</del> <ins>late</ins>. It was worked out for 10<sup>6</sup> passengers and 3&nbsp;m<sup>2</sup> of CO<sub>2</sub>, by <img src=\"/latex.png\" class=\"latex\" alt=\"n^2 - 1\">, or so says"+
			"<pre>for shift in rota:\n    if shift.hours &gt; 9:\n        shift.driver.sleep(9 - shift.hours)  # less than nothing</pre>"+
			"<p>Here is the bay <img src=\"/bay.jpg\" alt=\"a bus, asleep\">, and here is its song:</p><iframe src=\"https://www.youtube.com/embed/a-b_c\" title=\"The 14 at dawn\"></iframe>"+
			"<table><tr><th>Line</th><th>Drivers</th></tr><tr><td>14</td><td>9</td></tr></table><hr><p>“Bonne nuit&nbsp;!”</p>")
	pick(digest.Quotation{Author: "夜行", Published: at(29, 7, 0), URL: rota + "?c=11#c11", PostTitle: "The New Rota", PostURL: rota},
		"夜行バスの運転手です。四時に茶を飲みます。「眠い」と言う人はいません。<ruby>運転手<rt>うんてんしゅ</rt></ruby>は眠りません 👨\u200d👩\u200d👧👨\u200d👩\u200d👧👨\u200d👩\u200d👧👨\u200d👩\u200d👧👨\u200d👩\u200d👧👨\u200d👩\u200d👧<br>รถเมล์เที่ยวสุดท้ายออกก่อนเวลาสิบนาทีและไม่มีใครอธิบายว่าทำไมรถเมล์เที่ยวสุดท้ายออกก่อนเวลาสิบนาที")
	text("The song can be heard[^1] at the depot.\n\n![the depot at dawn](https://nightbus.example/depot.jpg)\n\n[^1]: On Tuesdays, from four.")
	f.Minutes = 3
	return f
}

func noted(text string, note digest.Note, at ...int) digest.Prose {
	var ranges []digest.Range
	for i := 0; i < len(at); i += 2 {
		ranges = append(ranges, digest.Range{Start: at[i], End: min(at[i+1], len(text))})
	}
	p, err := cut.Excerpt(markup.FromHTML(text, ""), ranges, []digest.Note{note})
	if err != nil {
		panic(err)
	}
	return p
}

func lifted(text, line string) digest.Prose {
	at := strings.Index(text, line)
	return cut.Line(markup.FromHTML(text, ""), nil, digest.Range{Start: at, End: at + len(line)})
}

// bare is the least that an issue can be.
func bare() *digest.Frozen {
	return &digest.Frozen{Publication: "The Night Bus", SeriesName: "Pick of the Week", Zone: "UTC", Number: 1, Title: "Pick of the Week 1", Date: at(30, 17, 0)}
}

// hostile is an issue whose every word tries to be something else.
func hostile() *digest.Frozen {
	bad := `{{.}} <script>alert(1)</script> "quoted" 'single' </td></table> %!s(x) <no value> &amp; ` + "\u202Ereversed\u200f\x00\r\nBcc: x@example.com"
	words := markup.FromHTML("&lt;script&gt;alert(1)&lt;/script&gt; {{.}} <a href=\"https://x.example/?a='&quot;&gt;\">x</a> "+strings.Repeat("w", 2000)+" <style>*{display:none}</style><img src=x onerror=alert(1)>", "")
	f := issue()
	f.Publication, f.SeriesName, f.Title, f.Preheader, f.PostalAddress, f.Language = bad, bad, bad, bad, bad, `en" onload="alert(1)`
	f.Intro = words
	f.Blocks = append(f.Blocks,
		digest.FrozenBlock{Kind: digest.HeadingBlock, Heading: bad},
		digest.FrozenBlock{Kind: digest.TextBlock, Text: words},
		digest.FrozenBlock{Kind: digest.PickBlock, Pick: &digest.Quotation{Number: f.Picks + 1, Author: bad, PostTitle: strings.Repeat("t", 300), URL: "javascript:alert(1)", Published: at(1, 1, 1), Words: words,
			Context: &digest.Context{Author: bad, Quote: bad}}})
	f.Picks++
	return f
}

// large is an issue of 25 picks of the length that readers write.
func large() *digest.Frozen {
	f := issue()
	sentence := "I have been driving the fourteen for nine years now and nobody has ever asked what it is like at four in the morning when the heater fails. "
	for n := f.Picks + 1; n <= 25; n++ {
		q := digest.Quotation{Number: n, Author: "Anonymous", Published: at(28, 8, n), URL: fmt.Sprintf("https://nightbus.example/2016/06/the-new-rota.html?showComment=146%010d#c%019d", n, n), PostTitle: "The New Rota",
			Words: markup.FromHTML(strings.Repeat(sentence, 3)+"<br><br>"+strings.Repeat(sentence, 2), "")}
		f.Blocks = append(f.Blocks, digest.FrozenBlock{Kind: digest.PickBlock, Pick: &q})
		f.Words += prose.Words(q.Words)
	}
	f.Picks, f.Minutes = 25, 14
	return f
}

func newSet(t testing.TB) *templates.Set {
	t.Helper()
	set, err := templates.New()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

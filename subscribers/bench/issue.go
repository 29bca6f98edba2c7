package bench

import (
	"strings"
	"time"

	"postbag/digest/site"
	"postbag/subscribers/message"
)

const (
	senderDomain  = "example.net"
	senderAddress = "bus@" + senderDomain
	issueTitle    = "Pick of the Week"
	mark          = "1postbag1token1goes1here11" // where a reader's token goes
	line          = "It was past two when the last bus came down the hill, and the driver — Inés — said nothing at all.\n"
)

// issue is a mail of 20 KB in text and HTML, which are 24 as they go over the wire.
func issue(date time.Time) message.Message {
	link := site.Site{Base: "https://" + senderDomain}.URL(site.Unsubscribe, mark)
	m := message.Message{
		From: senderAddress, FromName: "The Night Bus", Subject: issueTitle + " 7: what the night bus heard",
		ListUnsubscribe: []string{link}, OneClick: true, ListID: "pick." + senderDomain, Bulk: true, Date: date,
		Text: strings.Repeat(line, 60) + link + "\n",
	}
	m.HTML = "<html><body>" + strings.Repeat("<p style=\"margin:0 0 16px\">"+strings.TrimSpace(line)+"</p>\n", 100) +
		`<a href="` + link + `">leave</a></body></html>`
	return m
}

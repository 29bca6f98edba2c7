package feed

import (
	"postbag/digest"
)

// movableType reads Movable Type and TypePad. Their own feeds list entries; a
// template for comments follows RFC 4685, as any feed.
var movableType = adapter{
	platform: digest.MovableType,
	is: func(p *page) bool {
		return p.made("movable type", "movabletype", "typepad") || p.onHost("typepad.com")
	},
	topic:   topic,
	comment: reply,
}

package dump

import (
	"encoding/xml"
	"io"

	"postbag/digest"
	"postbag/digest/field"
)

// document is an export in XML: it is read unit by unit.
type document struct {
	scan  *scanner
	units units
	held  *node // a unit that was read in looking for the head
}

// units are what makes entries of the units of one kind of document.
type units interface {
	// above reads a unit that stands above the entries, and tells whether it was
	// one.
	above(r *Reader, n *node) bool
	// take makes entries of a unit.
	take(r *Reader, n *node)
	// finish is called at the end of a whole file.
	finish(r *Reader)
}

// next makes entries of one more unit.
func (d *document) next(r *Reader) error {
	n := d.held
	if d.held = nil; n == nil {
		var err error
		n, err = d.scan.next()
		if r.tally.Broken = d.scan.broken; err != nil {
			if err == io.EOF {
				d.units.finish(r)
			}
			return err
		}
	}
	d.units.take(r, n)
	return nil
}

// openXML reads an export in XML up to its first entry.
func (r *Reader) openXML(in io.Reader) error {
	d := &document{scan: newScanner(in)}
	r.format = d
	root, err := d.scan.open()
	if err != nil {
		return r.explainStart(err)
	}
	if err := d.choose(r, root); err != nil {
		return err
	}
	return d.above(r)
}

// choose picks the format by the root element.
func (d *document) choose(r *Reader, root *node) error {
	switch root.name.Local {
	case "feed":
		d.units = newBlogger()
		return nil
	case "disqus":
		r.head = Head{Format: DisqusXML, Platform: digest.Disqus}
		d.units = newDisqus()
		return nil
	case "rss":
		if !isWXR(root) {
			return aFeed()
		}
		r.head = Head{Format: WXR, Platform: digest.WordPress}
		d.scan.unitDepth = 3
		d.scan.nested = func(n xml.Name) bool { return n.Local == "comment" && wordPress(n.Space) }
		d.scan.omitted = func(n xml.Name) bool {
			return (n.Local == "postmeta" || n.Local == "commentmeta") && wordPress(n.Space)
		}
		d.units = newWordPress()
		return nil
	case "html":
		return aWebPage()
	}
	return digest.Fail(digest.Invalid, takeHint, "the file is XML, but no export that is known: its root is %q", field.Short(root.name.Local, 40))
}

func aFeed() error {
	return digest.Fail(digest.Invalid, "Follow the blog instead. "+takeHint, "the file is a feed, not an export").
		Offer(digest.Act{Do: digest.AddSource})
}

func isWXR(root *node) bool {
	for _, a := range root.attrs {
		if a.Name.Space == "xmlns" && wordPress(a.Value) && a.Value != "wp" {
			return true
		}
	}
	return false
}

// above reads what stands above the entries.
func (d *document) above(r *Reader) error {
	for {
		n, err := d.scan.next()
		if err == io.EOF {
			r.err = io.EOF
			return r.certain()
		}
		if err != nil {
			return r.explainStart(err)
		}
		if !d.units.above(r, n) {
			d.held = n
			return r.certain()
		}
	}
}

// certain refuses an Atom document that turned out to be no export.
func (r *Reader) certain() error {
	if r.head.Format == "" {
		return aFeed()
	}
	return nil
}

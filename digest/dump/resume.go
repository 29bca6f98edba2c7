package dump

import "postbag/digest/xmlread"

// Broken are entries of a file that could not be read.
type Broken struct {
	N    int
	Line int // of the first fault
}

// unitNames are the names of entries, as the formats write them.
var unitNames = []string{"item", "entry", "post", "thread"}

// resume reads on behind a fault of the file. A "<" that begins no tag is text of the field
// that it stands in. Behind any other fault, it goes on at the field's end, whose text all
// before that is; else at the end of the entry, or the next one's beginning: then the entry
// cannot be read. It tells whether there is such a place.
func (s *scanner) resume() bool {
	open := s.in.Open()
	if len(open) == 0 {
		return false
	}
	inField := s.skipping == 0 && len(s.stack) > 0 && s.stack[len(s.stack)-1].unit == nil
	if inField {
		if t, ok := s.in.AsText(); ok {
			s.text(t)
			return true
		}
	}
	line := s.in.Line()
	end := func(depth int) xmlread.Place {
		return xmlread.Place{Tag: "</" + xmlread.Written(open[depth-1]), Open: depth}
	}
	var field xmlread.Place // whose text goes on
	var places []xmlread.Place
	switch {
	case s.skipping > 0:
		field = end(s.skipping)
	case inField:
		field = end(len(open))
	}
	if field.Open > 0 {
		places = append(places, field)
	}
	inner := -1 // the innermost unit's place in the stack
	for i := len(s.stack) - 1; i >= 0; i-- {
		if s.stack[i].unit == nil {
			continue
		}
		inner = max(inner, i)
		own := end(s.unitDepth + i)
		places = append(places, own, xmlread.Place{Tag: "<" + own.Tag[len("</"):], Open: own.Open - 1})
	}
	for _, name := range unitNames {
		if inner < 0 {
			places = append(places, xmlread.Place{Tag: "<" + name, Open: s.unitDepth - 1})
		}
	}
	places = append(places, end(1))
	at, passed, ok := s.in.Resume(places)
	switch {
	case !ok:
		return false
	case at == field && s.skipping > 0:
		return true
	case at == field && passed != nil:
		s.text(*passed)
		return true
	}
	if s.broken.N++; s.broken.Line == 0 {
		s.broken.Line = line
	}
	if inner >= 0 {
		s.stack[inner].unit.broken = true
	}
	s.leave(at.Open)
	return true
}

// leave forgets the elements of a unit but those that are still open.
func (s *scanner) leave(open int) {
	s.skipping = 0
	s.stack = s.stack[:min(len(s.stack), max(0, open-s.unitDepth+1))]
	units := 0
	for _, n := range s.stack {
		if n.unit != nil {
			units++
		}
	}
	s.current = s.current[:units]
}

package pull

import "context"

// attach looks whether a blog that was found is followed already.
func (p *Puller) attach(ctx context.Context, found *Found) error { return nil }

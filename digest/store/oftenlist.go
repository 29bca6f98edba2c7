package store

// oftenInList gives the statements that run for every subscriber imported.
func oftenInList() []string {
	return []string{
		queryAddSubscriber,
		queryAddConsent,
		querySubscriberState,
	}
}

-- Whether somebody said what a source runs on, whatever its feeds say.
ALTER TABLE sources ADD COLUMN platform_set SMALLINT NOT NULL DEFAULT 0 CHECK (platform_set IN (0, 1));

-- How approvers have made a request less than was asked; NULL is not at all.
ALTER TABLE requests ADD COLUMN narrowed TEXT COLLATE "C";

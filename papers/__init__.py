"""Files from records and a layout: documents, workbooks, extracts, pictures. Imported when first used."""

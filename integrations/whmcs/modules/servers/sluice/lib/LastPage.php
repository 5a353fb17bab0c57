<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use WHMCS\Database\Capsule;

/** Documents of pages as last read, for when Sluice can't be reached. */
final class LastPage
{
    /**
     * Stores a document.
     *
     * @param string $subject `service-42-staff`, `client-7`
     * @param array<array-key, mixed> $document
     */
    public static function save(string $subject, array $document): void
    {
        Tables::make(Tables::PAGES);
        $flags = JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES;
        Capsule::table(Tables::PAGES)->updateOrInsert(
            ['subject' => $subject],
            ['content' => json_encode($document, $flags), 'read_at' => gmdate('Y-m-d\TH:i:s\Z')]
        );
    }

    /**
     * Returns the document as last stored, and when that was; null where none was.
     *
     * @return array{document: array<array-key, mixed>, readAt: string}|null
     */
    public static function find(string $subject): ?array
    {
        Tables::make(Tables::PAGES);
        $row = new Data((array) Capsule::table(Tables::PAGES)->where('subject', $subject)->first());
        $document = json_decode($row->text('content'), true, 64);
        return is_array($document) ? ['document' => $document, 'readAt' => $row->text('read_at')] : null;
    }

    /** Forgets a document. */
    public static function drop(string $subject): void
    {
        Tables::make(Tables::PAGES);
        Capsule::table(Tables::PAGES)->where('subject', $subject)->delete();
    }
}

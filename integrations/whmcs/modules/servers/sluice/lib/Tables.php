<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use Illuminate\Database\Schema\Blueprint;
use Throwable;
use WHMCS\Database\Capsule;

/** The module's own tables in WHMCS's database, made when they are missing. They can be dropped at any time. */
final class Tables
{
    /** Counters of idempotency keys. */
    public const KEYS = 'mod_sluice_keys';
    /** Pages as last read. */
    public const PAGES = 'mod_sluice_pages';

    /** @var array<string, true> */
    private static array $made = [];

    /** Makes a table if it is missing. */
    public static function make(string $table): void
    {
        if (isset(self::$made[$table])) {
            return;
        }
        if (!Capsule::schema()->hasTable($table)) {
            self::create($table);
        }
        self::$made[$table] = true;
    }

    private static function create(string $table): void
    {
        try {
            Capsule::schema()->create($table, static function (Blueprint $columns) use ($table): void {
                $columns->increments('id');
                $columns->string('subject', 150)->unique();
                if ($table === self::KEYS) {
                    $columns->unsignedInteger('number');
                } else {
                    $columns->mediumText('content');
                    $columns->string('read_at', 40);
                }
            });
        } catch (Throwable $error) {
            // Another request may have made it meanwhile.
            if (!Capsule::schema()->hasTable($table)) {
                throw $error;
            }
        }
    }
}

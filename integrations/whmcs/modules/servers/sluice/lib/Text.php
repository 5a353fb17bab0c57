<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use Throwable;

/** Texts from outside, made fit for WHMCS. */
final class Text
{
    private const LONGEST = 500;

    /** Returns a text as HTML. */
    public static function html(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
    }

    /**
     * Returns a text as one line of at most 500 characters, without markup or control characters: WHMCS may print it unescaped.
     */
    public static function sentence(string $text): string
    {
        $valid = mb_scrub($text, 'UTF-8');
        $line = preg_replace('/[\p{C}\s]+/u', ' ', $valid) ?? '';
        $plain = trim(strtr($line, ['<' => '‹', '>' => '›', '&' => '+']));
        return mb_strlen($plain) <= self::LONGEST ? $plain : mb_substr($plain, 0, self::LONGEST - 1) . '…';
    }

    /** Returns what staff read about a failure; a defect of the module shows its text in the module log only. */
    public static function failure(Throwable $error): string
    {
        if ($error instanceof ApiError || $error instanceof Refusal) {
            return self::sentence($error->getMessage());
        }
        logModuleCall('sluice', 'defect', $error::class, Text::sentence($error->getMessage()), self::trace($error), []);
        return 'The module failed unexpectedly; the module log has the details. Try again: nothing is done twice.';
    }

    /** Returns where a failure happened, without the arguments of functions: these may be secrets. */
    private static function trace(Throwable $error): string
    {
        $lines = ["{$error->getFile()}:{$error->getLine()}"];
        foreach ($error->getTrace() as $step) {
            $lines[] = ($step['file'] ?? '') . ':' . ($step['line'] ?? '') . ' ' . ($step['class'] ?? '') . '::' . $step['function'];
        }
        return implode("\n", $lines);
    }

    /** Returns a name for comparison: without case, accents, entities, and what follows "|" or "(". */
    public static function name(string $label): string
    {
        $decoded = html_entity_decode($label, ENT_QUOTES | ENT_HTML5, 'UTF-8');
        $shown = preg_split('/[|(]/', $decoded)[0] ?? '';
        $ascii = strtr(mb_strtolower(trim($shown)), [
            'á' => 'a', 'à' => 'a', 'â' => 'a', 'ã' => 'a', 'ç' => 'c', 'é' => 'e', 'ê' => 'e', 'í' => 'i',
            'ó' => 'o', 'ô' => 'o', 'õ' => 'o', 'ú' => 'u', 'ü' => 'u',
        ]);
        return preg_replace('/[\s_-]+/', ' ', $ascii) ?? '';
    }
}

<?php

declare(strict_types=1);

namespace Sluice\Whmcs\Addon;

use Sluice\Whmcs\Api;
use Sluice\Whmcs\Connection;
use Sluice\Whmcs\Page;
use Sluice\Whmcs\Text;

/** The operator's overview, for staff. */
final class Overview
{
    private const SECONDS = 10;

    /** Returns the page as HTML. */
    public static function html(): string
    {
        $page = Page::read('overview', static function (): array {
            return (new Api(Connection::ofAddon(), self::SECONDS))->get('/embedded/overview');
        });
        $variables = $page->variables();
        $html = '<link rel="stylesheet" href="../modules/servers/sluice/assets/sluice.css"><div class="sluice">';
        if ($variables['fault'] !== '') {
            $html .= '<div class="alert alert-warning" role="status">' . Text::html(trim("{$variables['fault']} {$page->problem}")) . '</div>';
        }
        foreach ($variables['parts'] as $part) {
            $title = $part['title'] === '' ? '' : '<h2 dir="auto">' . Text::html($part['title']) . '</h2>';
            $html .= '<section class="sluice-part" id="sluice-' . Text::html($part['id']) . "\">$title{$part['html']}</section>";
        }
        if ($variables['timeZone'] !== '') {
            $html .= '<p class="sluice-zone">Times: ' . Text::html($variables['timeZone']) . '</p>';
        }
        return $html . '</div>';
    }
}

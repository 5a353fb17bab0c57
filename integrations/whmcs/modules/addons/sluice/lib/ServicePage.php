<?php

declare(strict_types=1);

namespace Sluice\Whmcs\Addon;

use Sluice\Whmcs\Api;
use Sluice\Whmcs\Connection;
use Sluice\Whmcs\Data;
use Sluice\Whmcs\Module;
use Sluice\Whmcs\Owner;
use Sluice\Whmcs\Language;
use Sluice\Whmcs\Page;
use Sluice\Whmcs\Purchase;
use Sluice\Whmcs\SignOn;
use Sluice\Whmcs\Text;

/** The page of one service of the client who is logged in, with what he can do there. */
final class ServicePage
{
    private const SECONDS = 6;

    /** @param array{service: string, title: string, summary: string} $service one of this client's */
    public function __construct(private readonly string $client, private readonly array $service)
    {
    }

    /**
     * Returns what WHMCS renders.
     *
     * @param array<string, mixed> $page
     * @param array<array-key, mixed> $query
     * @param array<array-key, mixed> $form
     *
     * @return array<string, mixed>
     */
    public function of(array $page, array $query, array $form): array
    {
        ['service' => $id, 'title' => $title] = $this->service;
        $own = 'index.php?m=sluice&service=' . rawurlencode($id);
        $isWanted = isset($form['ticket']) || isset($query['login']);
        $notice = $isWanted && Page::isDown() ? 'This could not be done at the moment. Please try again later.' : '';
        $notice = $notice === '' && isset($form['ticket']) ? $this->buy($form) : $notice;
        [$login, $problem] = $notice === '' && isset($query['login']) ? $this->login() : ['', ''];
        $shown = $this->read()->variables();
        // Themes of WHMCS print both as they are.
        $heading = Text::html($title);
        return [
            'pagetitle' => $heading,
            'breadcrumb' => ['index.php?m=sluice' => 'Traffic and accounts', $own => $heading],
            'templatefile' => 'templates/service',
            'vars' => [
                'sluice' => $shown,
                'sluiceLink' => $own,
                'sluiceNotice' => trim("$notice $problem"),
                'sluiceLogin' => $login,
                'sluiceTicket' => $shown['packages'] === [] ? '' : $this->purchase()->ticket(),
            ],
        ] + $page;
    }

    private function read(): Page
    {
        // The client is in the name: what was stored for the one before is not shown to the next.
        $subject = "client-{$this->client}-" . substr(hash('sha256', $this->service['service']), 0, 32);
        return Page::read($subject, function (): array {
            $api = self::api();
            Owner::check($api, $this->path(), $this->client);
            return $api->get('/embedded' . $this->path(), ['for' => 'customer'] + Language::query());
        });
    }

    /** @param array<array-key, mixed> $form */
    private function buy(array $form): string
    {
        $waiting = '';
        $result = Module::run(function () use (&$waiting, $form): void {
            $waiting = $this->purchase()->make($form);
        }, true);
        if ($result !== 'success') {
            return $result;
        }
        return $waiting === '' ? 'The package was bought.' : $waiting;
    }

    private function purchase(): Purchase
    {
        return new Purchase(Connection::ofAddon(), $this->service['service'], $this->client);
    }

    /** @return array{string, string} the address of the panel's page, and what the client reads where there is none */
    private function login(): array
    {
        $address = '';
        $result = Module::run(function () use (&$address): void {
            $api = self::api();
            Owner::check($api, $this->path(), $this->client);
            $address = SignOn::checked((new Data($api->get($this->path() . '/login-link')))->text('url'));
        }, true);
        return $result === 'success' ? [$address, ''] : ['', $result];
    }

    private function path(): string
    {
        return '/services/' . rawurlencode($this->service['service']);
    }

    private static function api(): Api
    {
        return new Api(Connection::ofAddon(), self::SECONDS);
    }
}
